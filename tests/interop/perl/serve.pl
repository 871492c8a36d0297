# Serves the procedures of a registry with SOAP::Lite: serve.pl HOST PORT
use strict;
use warnings;
use utf8;
use SOAP::Lite;
use SOAP::Transport::HTTP;

package Registry;

# SOAP::Lite guesses types by the look of a value, and takes what is not ASCII for binary: its users name them.
sub typed {
    my ($name, $value) = @_;
    return SOAP::Data->name($name => [map { \SOAP::Data->value(fields($_)) } @$value]) if ref $value eq 'ARRAY';
    my $made = SOAP::Data->name($name => $value);
    return defined $value ? $made->type($name eq 'urgent' ? 'boolean' : 'string') : $made;
}

sub fields {
    my ($struct) = @_;
    return map { typed($_, $struct->{$_}) } sort keys %$struct;
}

sub register {
    my ($class, $office, $person) = @_;
    if ($person->{id} eq '0000000000000') {
        my $detail = SOAP::Data->name(fault => \SOAP::Data->value(fields({ number => 17, reason => 'fără înscriere' })));
        die SOAP::Fault->faultcode('Client')->faultstring('nobody is called so')->faultdetail($detail);
    }
    my %entry = (%$person, number => 20260001, at => '2026-11-22T10:30:00Z');
    return SOAP::Data->name(registerReturn => \SOAP::Data->value(fields(\%entry)));
}

package main;

my ($host, $port) = @ARGV;
my $namespace = 'http://registry.example/axis/services/Registry';
my $server = SOAP::Transport::HTTP::Daemon->new(LocalAddr => $host, LocalPort => $port, ReuseAddr => 1);
$server->dispatch_with({ $namespace => 'Registry' })->handle;

# Calls services with SOAP::Lite: a JSON line in, a JSON line out. SOAP::Lite makes no documents from a contract: its
# users write the elements, and take address, namespace and action out of the contract.
use strict;
use warnings;
use utf8;
use Digest::SHA qw(sha1_base64);
use JSON::PP;
use LWP::UserAgent;
use MIME::Base64;
use POSIX qw(strftime);
use Scalar::Util qw(reftype);
use SOAP::Lite;

my $json = JSON::PP->new->utf8->allow_nonref;
$| = 1;

# A struct comes as {fields: [[name, value], ...]}: documents have an order, hashes of Perl have none.
sub data {
    my ($name, $value, $typed) = @_;
    if (ref $value eq 'ARRAY' && !$typed) {
        return map { data($name, $_, $typed) } @$value;
    }
    if (ref $value eq 'ARRAY') {
        return SOAP::Data->name($name => [map { \SOAP::Data->value(fields($_, $typed)) } @$value]);
    }
    return SOAP::Data->name($name => \SOAP::Data->value(fields($value, $typed))) if ref $value eq 'HASH';
    my $text = JSON::PP::is_bool($value) ? ($value ? 'true' : 'false') : $value;
    return SOAP::Data->name($name => $text) unless defined $text;
    # What names no type is written as it is.
    return $typed ? SOAP::Data->name($name => $text)->type('string') : SOAP::Data->name($name => SOAP::Utils::encode_data($text));
}

sub fields {
    my ($struct, $typed) = @_;
    return map { data(@$_, $typed) } @{$struct->{fields}};
}

sub client {
    my ($asked) = @_;
    my $fetched = LWP::UserAgent->new->get($asked->{wsdl})->decoded_content;
    my ($address) = $fetched =~ /address location="([^"]+)"/;
    my ($namespace) = $fetched =~ /targetNamespace="([^"]+)"/;
    my ($action) = $fetched =~ /name="$asked->{operation}">\s*<soap\w*:operation soapAction="([^"]*)"/;
    my $soap = SOAP::Lite->soapversion($asked->{soap})->proxy($address)->on_action(sub { qq("$action") });
    $soap->transport->default_headers->header(%{$asked->{headers}}) if $asked->{headers};
    $soap->transport->default_headers->authorization_basic(@{$asked->{basic}}) if $asked->{basic};
    return ($soap, $namespace);
}

# SOAP::Lite knows no WS-Security; its users write the header themselves.
sub token {
    my ($user, $password, $form) = @_;
    my $oasis = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss';
    my ($wsse, $wsu) = ("$oasis-wssecurity-secext-1.0.xsd", "$oasis-wssecurity-utility-1.0.xsd");
    my ($nonce, $created) = (join('', map { chr int rand 256 } 1 .. 16), strftime('%Y-%m-%dT%H:%M:%SZ', gmtime));
    my ($kind, $shown) = ('PasswordText', $password);
    ($kind, $shown) = ('PasswordDigest', sha1_base64($nonce . $created . $password) . '=') if $form eq 'digest';
    my $encoded = encode_base64($nonce, '');
    my $token = "<wsse:Username>$user</wsse:Username>"
        . "<wsse:Password Type='$oasis-username-token-profile-1.0#$kind'>$shown</wsse:Password>"
        . "<wsse:Nonce EncodingType='$oasis-soap-message-security-1.0#Base64Binary'>$encoded</wsse:Nonce>"
        . "<wsu:Created>$created</wsu:Created>";
    my $xml = "<wsse:Security xmlns:wsse='$wsse' xmlns:wsu='$wsu'><wsse:UsernameToken>$token</wsse:UsernameToken></wsse:Security>";
    return SOAP::Header->type(xml => $xml);
}

# What names a type comes as an object of it.
sub plain {
    my ($value) = @_;
    my $kind = reftype($value) // '';
    return { map { $_ => plain($value->{$_}) } keys %$value } if $kind eq 'HASH';
    return [map { plain($_) } @$value] if $kind eq 'ARRAY';
    return $value;
}

sub answer {
    my ($asked) = @_;
    my ($soap, $namespace) = client($asked);
    my $encoded = $asked->{use} eq 'encoded';
    my @given = fields($asked->{arguments}, $encoded);
    my $method = SOAP::Data->name($asked->{element});
    if ($asked->{style} eq 'rpc') {
        $method = $method->uri($namespace)->prefix('r');
    }
    else {
        $method = $method->attr({ xmlns => $namespace });
    }
    $soap->autotype(0)->encodingStyle('') unless $encoded;
    push @given, token(@{$asked->{token}}) if $asked->{token};
    my $som = $soap->call($method, @given);
    return { answer => undef } unless ref $som;
    return { answer => plain((values %{$som->body || {}})[0]) } unless $som->fault;
    return { fault => { code => scalar $som->faultcode, text => scalar $som->faultstring, detail => plain($som->faultdetail) } };
}

while (my $line = <STDIN>) {
    my $said = eval { answer($json->decode($line)) } || { error => "$@" };
    print $json->encode($said), "\n";
}

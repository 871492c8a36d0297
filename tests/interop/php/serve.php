<?php
// Serves every contract of a folder with ext-soap, by its name: php -S ADDRESS serve.php
ini_set('soap.wsdl_cache_enabled', '0');

const NOBODY = '0000000000000';

class Registry
{
    // ext-soap hands a header to the method of its name; what is in it is for the service to judge.
    public function Security(stdClass $header): void
    {
        [$token, $password] = [$header->UsernameToken, getenv('PASSWORD')];
        $digest = base64_encode(sha1(base64_decode($token->Nonce ?? '') . ($token->Created ?? '') . $password, true));
        if ($token->Username !== getenv('USER') || !in_array($token->Password, [$password, $digest], true)) {
            throw new SoapFault('Client', 'not one of ours');
        }
    }

    public function Register(mixed ...$given): mixed
    {
        $wrapped = isset($given[0]->person);
        $person = end($given);
        $person = $wrapped ? $person->person : $person;
        if ($person->id === NOBODY) {
            $detail = ['number' => 17, 'reason' => 'fără înscriere'];
            throw new SoapFault('Client', 'nobody is called so', null, $detail, 'Refusal');
        }
        $entry = (array) $person + ['number' => 20260001, 'at' => '2026-11-22T10:30:00Z'];
        return $wrapped ? ['RegisterResult' => $entry] : $entry;
    }

    public function Notify(mixed $given): void
    {
        file_put_contents(getenv('NOTIFIED'), $given->text . "\n", FILE_APPEND);
    }

    public function Attach(mixed $given): mixed
    {
        return ['AttachResult' => strrev($given->content)];
    }
}

$contract = getenv('CONTRACTS') . '/' . basename(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) . '.wsdl';
$version = str_contains($contract, '1.2') ? SOAP_1_2 : SOAP_1_1;
$server = new SoapServer($contract, ['soap_version' => $version, 'features' => SOAP_SINGLE_ELEMENT_ARRAYS]);
$server->setClass(Registry::class);
$server->handle();

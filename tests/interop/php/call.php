<?php
// Calls services by their contract with ext-soap: a JSON line in, a JSON line out.
ini_set('soap.wsdl_cache_enabled', '0');

function answer(array $asked): array
{
    $options = [
        'soap_version' => $asked['soap'] === '1.2' ? SOAP_1_2 : SOAP_1_1,
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    ];
    if (isset($asked['basic'])) {
        [$options['login'], $options['password']] = $asked['basic'];
    }
    if (isset($asked['headers'])) {
        $lines = array_map(fn($name, $value) => "$name: $value", array_keys($asked['headers']), $asked['headers']);
        $options['stream_context'] = stream_context_create(['http' => ['header' => $lines]]);
    }
    try {
        $client = new SoapClient($asked['wsdl'], $options);
        if (isset($asked['token'])) {
            $client->__setSoapHeaders(token(...$asked['token']));
        }
        $arguments = native($asked['arguments']);
        $given = $asked['style'] === 'rpc' ? array_values($arguments) : [$arguments];
        return ['answer' => texts($client->__soapCall($asked['operation'], $given))];
    } catch (SoapFault $fault) {
        return ['fault' => [
            'code' => $fault->faultcode, 'text' => $fault->getMessage(), 'detail' => texts($fault->detail ?? null),
        ]];
    }
}

// ext-soap knows no WS-Security; its users write the header themselves.
function token(string $user, string $password, string $form): SoapHeader
{
    $wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
    $wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd';
    $types = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#';
    $base64 = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary';
    $nonce = random_bytes(16);
    $created = gmdate('Y-m-d\TH:i:s\Z');
    $shown = $form === 'digest' ? base64_encode(sha1($nonce . $created . $password, true)) : $password;
    $kind = $form === 'digest' ? 'PasswordDigest' : 'PasswordText';
    $xml = "<wsse:Security xmlns:wsse='$wsse' xmlns:wsu='$wsu'><wsse:UsernameToken>"
        . "<wsse:Username>$user</wsse:Username><wsse:Password Type='$types$kind'>$shown</wsse:Password>"
        . "<wsse:Nonce EncodingType='$base64'>" . base64_encode($nonce) . '</wsse:Nonce>'
        . "<wsu:Created>$created</wsu:Created></wsse:UsernameToken></wsse:Security>";
    return new SoapHeader($wsse, 'Security', new SoapVar($xml, XSD_ANYXML), true);
}

// ext-soap takes binary content as bytes; JSON has none.
function native(mixed $value): mixed
{
    if (!is_array($value)) {
        return $value;
    }
    return isset($value['base64']) ? base64_decode($value['base64']) : array_map('native', $value);
}

// Bytes that are no text are shown as base64 again.
function texts(mixed $value): mixed
{
    if (is_object($value) || is_array($value)) {
        return array_map('texts', (array) $value);
    }
    return is_string($value) && !mb_ok($value) ? ['base64' => base64_encode($value)] : $value;
}

function mb_ok(string $text): bool
{
    return preg_match('//u', $text) === 1;
}

while (($line = fgets(STDIN)) !== false) {
    echo json_encode(answer(json_decode($line, true)), JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR), "\n";
}

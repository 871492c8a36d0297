"""What else turns one document into another: XSLT for XML; glom, jmespath and jsonata for JSON.

They give the values of persons and insurance periods only: no findings, no unmapped leaves, no codes, no checks.
"""

from typing import Any, Final

import glom
import jmespath
import jsonata
from lxml import etree

_XSLT: Final = etree.XSLT(
    etree.XML("""
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:c="http://www.cnas.ro/siui/2.0"
    exclude-result-prefixes="c">
  <xsl:template match="/c:insuredResponse/c:insured">
    <record pid="{@pid}" cid="{@cid}" state="{@state}">
      <xsl:for-each select="c:categories/c:category">
        <insurance kind="{@code}">
          <xsl:if test="@validFrom != '1900-01-01' and @validFrom != '0001-01-01'">
            <xsl:attribute name="start"><xsl:value-of select="@validFrom"/></xsl:attribute>
          </xsl:if>
          <xsl:if test="@validTo != '9999-12-31'">
            <xsl:attribute name="end"><xsl:value-of select="@validTo"/></xsl:attribute>
          </xsl:if>
        </insurance>
      </xsl:for-each>
    </record>
  </xsl:template>
</xsl:stylesheet>""")
)

_GLOM: Final = {
    "family": "bruker.personInfo.etternavn",
    "given": "bruker.personInfo.fornavn",
    "identifiers": ("bruker.personInfo.pin", [{"value": "identifikator", "country": "landkode"}]),
    "insurance": (
        "perioderAnsattMedForsikring",
        [
            {
                "start": glom.Coalesce("startdato", default=None),
                "end": glom.Coalesce("sluttdato", default=None),
                "employer": glom.Coalesce("arbeidsgiver.navn", default=None),
                "locality": glom.Coalesce("arbeidsgiver.adresse.by", default=None),
            }
        ],
    ),
}
_JMESPATH: Final = jmespath.compile(
    "{family: bruker.personInfo.etternavn, given: bruker.personInfo.fornavn,"
    " identifiers: bruker.personInfo.pin[].{value: identifikator, country: landkode},"
    " insurance: perioderAnsattMedForsikring[].{start: startdato, end: sluttdato, employer: arbeidsgiver.navn,"
    " locality: arbeidsgiver.adresse.by}}"
)
_JSONATA: Final = jsonata.Jsonata(
    '{"family": bruker.personInfo.etternavn, "given": bruker.personInfo.fornavn,'
    ' "identifiers": [bruker.personInfo.pin.{"value": identifikator, "country": landkode}],'
    ' "insurance": [perioderAnsattMedForsikring.{"start": startdato, "end": sluttdato, "employer": arbeidsgiver.navn,'
    ' "locality": arbeidsgiver.adresse.by}]}'
)


def by_xslt(root: etree._Element) -> Any:
    """Transform an answer of CNAS by a stylesheet that was compiled before."""
    return _XSLT(root)


def by_glom(value: Any) -> Any:
    """Take the values of a U002 by a glom spec."""
    return glom.glom(value, _GLOM)


def by_jmespath(value: Any) -> Any:
    """Take the same by an expression that was parsed before."""
    return _JMESPATH.search(value)


def by_jsonata(value: Any) -> Any:
    """Take the same by a JSONata expression that was parsed before."""
    return _JSONATA.evaluate(value)

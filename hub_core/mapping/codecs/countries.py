"""Codecs of countries: everything becomes ISO 3166-1 alpha-2, former states the four letters of ISO 3166-3."""

from typing import Final

from hub_core.mapping.codecs.spec import BadValue, Codec, Example, Format, Parse

# Alpha-2 and alpha-3 code of each country.
_ISO: Final = """
    ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB
    BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR
    BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR
    CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK
    FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS
    GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN
    ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO
    LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD
    MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER
    NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM
    PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP
    SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF
    TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY
    UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE
"""
_PAIRS: Final = {word[:2]: word[2:] for word in _ISO.split()}
_FORMER: Final = frozenset(
    [
        "AIDJ",
        "ANHH",
        "BQAQ",
        "BUMM",
        "BYAA",
        "CSHH",
        "CSXX",
        "CTKI",
        "DDDE",
        "DYBJ",
        "FQHH",
        "FXFR",
        "GEHH",
        "HVBF",
        "JTUM",
        "MIUM",
        "NHVU",
        "NQAQ",
        "NTHH",
        "PCHH",
        "PUUM",
        "PZPA",
        "RHZW",
        "SKIN",
        "SUHH",
        "TPTL",
        "VDVN",
        "WKUM",
        "YDYE",
        "YUCS",
        "ZRCD",
    ]
)
# XK Kosovo, XU unknown, XS stateless: as EESSI writes them, from the range that ISO leaves to users.
_OTHERS: Final = {"XK": "XKX", "XU": "XUK", "XS": "XXX"}
# The European institutions write these two in their own way (Interinstitutional Style Guide, 7.1.1).
_EUROPEAN: Final = {"EL": "GR", "UK": "GB"}
_FORMER_LETTERS: Final = {"ANT": "ANHH", "CSK": "CSHH", "DDR": "DDDE", "SCG": "CSXX", "SUN": "SUHH", "YUG": "YUCS"}

_ALPHA2: Final = {
    **{code: code for code in (*_PAIRS, *_OTHERS, *_FORMER)},
    **_EUROPEAN,
}
_ALPHA3: Final = {
    **{letters: code for code, letters in (*_PAIRS.items(), *_OTHERS.items())},
    **_FORMER_LETTERS,
}
_TO_ALPHA3: Final = {code: letters for letters, code in _ALPHA3.items()}


def _read_alpha2(text: str) -> str:
    if (code := _ALPHA2.get(text)) is None:
        raise BadValue("country.unknown")
    return code


def _read_alpha3(text: str) -> str:
    if (code := _ALPHA3.get(text)) is None:
        raise BadValue("country3.unknown")
    return code


def _alpha2() -> tuple[Parse, Format]:
    return _read_alpha2, str


def _alpha3() -> tuple[Parse, Format]:
    return _read_alpha3, _TO_ALPHA3.__getitem__


CODECS: Final = (
    Codec(
        name="country",
        gives="country",
        make=_alpha2,
        doc="Country in two letters (EL and UK are read as GR and GB; XK, XU unknown and XS stateless are known), "
        "or a former state in four.",
        source="ISO 3166-1 alpha-2, ISO 3166-3; EESSI list of countries.",
        examples=(
            Example("country", "RO", "RO"),
            Example("country", "EL", "GR", "GR"),
            Example("country", "SUHH", "SUHH"),
            Example("country", "QX", None),
            Example("country", "Romania", None),
        ),
    ),
    Codec(
        name="country3",
        gives="country",
        make=_alpha3,
        doc="Country in three letters; XUK unknown, XXX stateless, XKX Kosovo, and the best known former states.",
        source="ISO 3166-1 alpha-3; EESSI list of countries; ICAO Doc 9303-3 (XXX, XKX).",
        examples=(
            Example("country3", "NOR", "NO"),
            Example("country3", "XKX", "XK"),
            Example("country3", "YUG", "YUCS"),
            Example("country3", "NO", None),
        ),
    ),
)

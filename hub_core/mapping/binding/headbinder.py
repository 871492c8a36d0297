"""Binds what stands at the head of a mapping file and reads the document before all rules: its status and its date."""

from hub_core.mapping.binding.model import codecs_for, listed
from hub_core.mapping.binding.plan import AnswerPlan, RecordDate
from hub_core.mapping.codecs import BadParameters, chain
from hub_core.mapping.language.rules import Answer, Dated, Faulty
from hub_core.mapping.language.sourcepaths import SourcePaths
from hub_core.yaml import Faults


def bound_answer(answer: Answer | None, paths: SourcePaths) -> AnswerPlan | None:
    """Return the plan of ``answer:``, where there is one."""
    if answer is None:
        return None
    steps = paths.steps(answer.at, answer.at.text)
    code = paths.steps(answer.code, answer.code.text) if answer.code else None
    if steps is None:
        return None
    tables = (("failed", answer.failed), ("none", answer.none), ("later", answer.later))
    meanings = {token: (word, reason) for word, table in tables for token, reason in table.items()}
    return AnswerPlan(steps, code, meanings, f"{answer.at.file}:{answer.at.line}")


def bound_date(dated: Dated | None, paths: SourcePaths, faults: Faults, *, faulty: Faulty) -> RecordDate | None:
    """Return the plan of ``dated:``, where there is one; ``faulty`` is that of the file."""
    if dated is None:
        return None
    steps = paths.steps(dated.at, dated.at.text)
    node = dated.codec or dated.at
    try:
        codec = chain(dated.codec.text if dated.codec else "date")
    except BadParameters as error:
        faults.add(node, "as: cannot be read", mend=str(error), code="M105")
        return None
    if codec.gives != "date":
        mend = f"write as: {listed(codecs_for('date'))}"
        faults.add(node, f"dated: takes a date, the codec gives a {codec.gives}", mend=mend, code="M105")
    place = f"{dated.at.file}:{dated.at.line}"
    return None if steps is None else RecordDate(steps, dated.at.text, codec, place, faulty)

"""What the schema of a rule file wants at a place of it."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from gateway.rulebook.document import Loc


def keys_at(model: type[BaseModel], loc: Loc) -> tuple[str, ...]:
    """The keys that the schema knows at `loc`; none for tables of free names."""
    found = model_at(model, loc)
    return tuple(fields_of(found)) if found else ()


def model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel] | None:
    """The model of the table at `loc`; None where something else belongs."""
    return model_in(annotation_at(model, loc))


def field_at(model: type[BaseModel], loc: Loc) -> FieldInfo | None:
    """The field whose value stands at `loc`."""
    around = model_at(model, loc[:-1]) if loc else None
    return fields_of(around).get(str(loc[-1])) if around else None


def annotation_at(model: type[BaseModel], loc: Loc) -> Any:  # noqa: ANN401  (any type annotation)
    """The type of what stands at `loc`; None when nothing may stand there."""
    annotation: Any = model
    for part in loc:
        annotation = next((a for a in _inside(annotation, part)), None)
    return annotation


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields by the keys under which they are written."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def entries_of(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    """The model of the entries of a table of free names, or of a list."""
    for each in _alternatives(annotation):
        if get_origin(each) is dict:
            return model_in(get_args(each)[1])
        if get_origin(each) is tuple:
            return model_in(get_args(each)[0])
    return None


def is_table(annotation: Any) -> bool:  # noqa: ANN401
    """True for a table of free names."""
    return any(get_origin(each) is dict for each in _alternatives(annotation))


def is_truth(annotation: Any) -> bool:  # noqa: ANN401
    """True for true and false."""
    return bool in _alternatives(annotation)


def model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401
    """The model among the alternatives of a type."""
    return next(
        (
            each
            for each in _alternatives(annotation)
            if isinstance(each, type) and issubclass(each, BaseModel)
        ),
        None,
    )


def _inside(annotation: Any, part: str | int) -> Iterator[Any]:  # noqa: ANN401
    for each in _alternatives(annotation):
        if isinstance(each, type) and issubclass(each, BaseModel):
            if field := fields_of(each).get(str(part)):
                yield field.annotation
        elif get_origin(each) is dict and isinstance(part, str):
            yield get_args(each)[1]
        elif get_origin(each) is tuple and isinstance(part, int):
            yield get_args(each)[0]


def _alternatives(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401
    origin = get_origin(annotation)
    if origin is Annotated:
        return _alternatives(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return tuple(each for arg in get_args(annotation) for each in _alternatives(arg))
    return () if annotation is None or annotation is type(None) else (annotation,)

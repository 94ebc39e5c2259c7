"""Several inputs in one proof: an axis in front of every column of the witness, along which every relation holds."""

from __future__ import annotations

from dataclasses import replace

from zkinfer.program.builder import Builder
from zkinfer_verify.statement.column import Role
from zkinfer_verify.statement.relations import ALONG, BROADCAST, Affine, Contraction, Form, Index, Term, Vanish


def batched(builder: Builder) -> None:
    """Give what a builder holds, lowered for one input, an axis for all of its images in front; weights have none."""
    images = builder.images
    if images == 1:
        return
    builder.drafts = [
        draft if draft.role is Role.WEIGHT else replace(draft, dims=(images, *draft.dims)) for draft in builder.drafts
    ]
    builder.outputs = [replace(output, dims=(images, *output.dims)) for output in builder.outputs]
    builder.inputs = [replace(hidden, shape=(images, *hidden.shape)) for hidden in builder.inputs]

    def form(one: Form) -> Form:
        terms = tuple(replace(term, axes=(_kind(builder, term), *term.axes)) for term in one.terms)
        return Form((images, *one.dims), terms, one.constant)

    def contraction(one: Contraction) -> Contraction:
        image = ((Index(images, ((len(one.extents), 1),), 0),),)
        of_witness = one.left is not None and any(_kind(builder, term) == ALONG for term in one.left.terms)
        return replace(
            one,
            extents=(*one.extents, images),
            out=form(one.out),
            out_access=image + one.out_access,
            left=form(one.left) if one.left is not None and of_witness else one.left,
            left_access=image + one.left_access if of_witness else one.left_access,
            right=form(one.right),
            right_access=image + one.right_access,
        )

    builder.vanishes = [(name, Vanish(tuple(map(form, vanish.factors)))) for name, vanish in builder.vanishes]
    builder.affines = [(name, Affine(form(affine.form))) for name, affine in builder.affines]
    builder.contractions = [(name, contraction(relation)) for name, relation in builder.contractions]


def _kind(builder: Builder, term: Term) -> int:
    """Return how a term lies along the images."""
    return BROADCAST if not term.is_public and builder.drafts[term.column].role is Role.WEIGHT else ALONG

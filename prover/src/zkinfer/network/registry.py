"""Every kind of operation, by the name that files give it."""

from zkinfer.network.apply import Apply
from zkinfer.network.combine import Combine
from zkinfer.network.convolution import Convolution
from zkinfer.network.einsum import Einsum
from zkinfer.network.embedding import Embedding
from zkinfer.network.inverse_root import InverseRoot
from zkinfer.network.join import Join
from zkinfer.network.largest import Largest
from zkinfer.network.max_pool import MaxPool
from zkinfer.network.operation import Operation
from zkinfer.network.pad import Pad
from zkinfer.network.piece import Piece
from zkinfer.network.quotient import Quotient
from zkinfer.network.rearrange import Reshape, Transpose
from zkinfer.network.reduce_max import ReduceMax
from zkinfer.network.repeat import Repeat
from zkinfer.network.rescale import Rescale
from zkinfer.network.rounded import Rounded
from zkinfer.network.saturate import Saturate
from zkinfer.network.slopes import Slopes
from zkinfer.network.within import Within

OPERATIONS: dict[str, type[Operation]] = {
    op.kind: op
    for op in (
        Apply,
        Combine,
        Convolution,
        Einsum,
        Embedding,
        InverseRoot,
        Join,
        Largest,
        MaxPool,
        Pad,
        Piece,
        Quotient,
        ReduceMax,
        Repeat,
        Rescale,
        Reshape,
        Rounded,
        Saturate,
        Slopes,
        Transpose,
        Within,
    )
}

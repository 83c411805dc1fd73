using Multiproc.SharedMemory;

namespace Multiproc.Tests.Transport;

public sealed class InMemoryLinkTests() : LinkSpec(LinkPairs.InMemory());

public sealed class RingLinkTests() : BoundedLinkSpec(LinkPairs.Rings());

public sealed class SocketLinkTests() : BoundedLinkSpec(LinkPairs.Plain())
{
    internal override MappedMemory MakeMemory() => FileMemory.Create(4096);
}

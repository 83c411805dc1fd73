using Multiproc.Peers.References;
using Multiproc.Serialization;

namespace Multiproc.States;

/// <summary>A state that keeps users' values, in which references to other objects may be.</summary>
internal interface ITraceable
{
    IEnumerable<Payload> Payloads { get; }
}

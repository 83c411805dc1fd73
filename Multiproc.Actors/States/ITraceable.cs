using Multiproc.Serialization;

namespace Multiproc.States;

/// <summary>A state that keeps users' values, which may contain references to other objects.</summary>
internal interface ITraceable
{
    IEnumerable<Payload> Payloads { get; }
}

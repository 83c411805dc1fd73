using Multiproc.Serialization;

namespace Multiproc.Cluster.Sessions;

/// <summary>What an object was created as: its name, the tag of its type, and the options of its type.</summary>
internal sealed record ObjectSpec(string Name, byte Type, Payload Options)
{
    public const int LongestName = 1024;
}

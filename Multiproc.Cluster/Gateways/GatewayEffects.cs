using Multiproc.Cluster.Sessions;
using Multiproc.States;

namespace Multiproc.Cluster.Gateways;

/// <summary>What an event of a stand-in wants done, as data.</summary>
internal sealed class GatewayEffects
{
    public List<ToEntity> Sends { get; } = [];

    public List<(Caller Caller, Reply Reply)> Replies { get; } = [];

    public void Clear()
    {
        Sends.Clear();
        Replies.Clear();
    }
}

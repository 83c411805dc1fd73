using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// Akka's failure detector, which can also be told of a death. A member that is down is removed only when its detector has given it up, which takes seconds by
/// its heartbeats alone.
/// </summary>
internal sealed class NeighbourDetector(Config config, EventStream events) : PhiAccrualFailureDetector(config, events)
{
    [ThreadStatic]
    private static bool s_isDeath;

    private volatile bool _isDead;

    public override bool IsAvailable => !_isDead && base.IsAvailable;

    /// <summary>
    /// Tells the detector of a node that the node is dead. The registry finds it; addresses of dead nodes may come again, so a heartbeat revives it.
    /// </summary>
    public static void TellDeath(Akka.Cluster.Cluster cluster, Address address)
    {
        s_isDeath = true;
        cluster.FailureDetector.Heartbeat(address);
        s_isDeath = false;
    }

    public override void HeartBeat()
    {
        _isDead = s_isDeath;
        if (!s_isDeath)
        {
            base.HeartBeat();
        }
    }
}

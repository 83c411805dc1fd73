using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;

namespace Multiproc.Cluster.Nodes;

/// <summary>
/// Sees the deaths of nodes of this machine, and tells the cluster at once. When the connection to one ends, its port is tried: where nobody listens, nobody
/// lives, since a node that is stopped or slow still has its port. Other machines may be silent for many reasons; of them the failure detector decides.
/// </summary>
internal sealed class NeighbourActor(bool downsAtOnce) : UntypedActor
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);

    protected override void PreStart()
    {
        if (downsAtOnce)
        {
            Context.System.EventStream.Subscribe(Self, typeof(DisassociatedEvent));
            Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
            _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.UnreachableMember));
        }
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _cluster.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AssociationEvent ended:
                Try(ended.RemoteAddress);
                break;
            case ClusterEvent.UnreachableMember unreachable:
                Try(unreachable.Member.Address);
                break;
            case Dead dead when Find(dead.Member.Address)?.UniqueAddress.Equals(dead.Member.UniqueAddress) == true:
                NeighbourDetector.TellDeath(_cluster, dead.Member.Address);
                _cluster.Down(dead.Member.Address);
                break;
        }
    }

    private Member? Find(Address address) => _cluster.State.Members.FirstOrDefault(each => each.Address.Equals(address));

    private void Try(Address address)
    {
        if (address.Host == _cluster.SelfAddress.Host && !address.Equals(_cluster.SelfAddress) && Find(address) is { Status: not MemberStatus.Down } member)
        {
            _ = LookAsync(member).PipeTo(Self);
        }
    }

    private static async Task<object> LookAsync(Member member)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var limit = new CancellationTokenSource(s_patience);
        try
        {
            await socket.ConnectAsync(member.Address.Host!, member.Address.Port!.Value, limit.Token).ConfigureAwait(false);
            return Living.Instance;
        }
        catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return new Dead(member);
        }
        catch (Exception unknown) when (unknown is SocketException or OperationCanceledException)
        {
            return Living.Instance;
        }
    }

    private sealed record Dead(Member Member);

    private sealed class Living
    {
        public static readonly Living Instance = new();
    }
}

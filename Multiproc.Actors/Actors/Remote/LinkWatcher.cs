using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote;

namespace Multiproc.Actors.Remote;

/// <summary>A process has ended, or its machine cannot be reached: all actors at the address are gone.</summary>
internal sealed record LinkEnded(Address Address) : INoSerializationVerificationNeeded;

/// <summary>
/// Watches the actors of other processes. Akka's watcher sends heartbeats, looks at them once a second, and then keeps the address out for days. A link needs
/// none of that: its end is told at once by the system, a process that is stopped has not ended, and an address is never used again.
/// </summary>
internal sealed class LinkWatcher(IFailureDetectorRegistry<Address> failureDetector, TimeSpan interval, TimeSpan reaperInterval, TimeSpan firstResponse)
    : RemoteWatcher(failureDetector, interval, reaperInterval, firstResponse)
{
    public static Props Make(IFailureDetectorRegistry<Address> failureDetector, RemoteSettings settings) =>
        Akka.Actor.Props.CreateBy(new Producer(
            () => new LinkWatcher(
                failureDetector, settings.WatchHeartBeatInterval, settings.WatchUnreachableReaperInterval, settings.WatchHeartbeatExpectedResponseAfter),
            typeof(LinkWatcher))).WithDeploy(Deploy.Local);

    protected override void OnReceive(object message)
    {
        if (message is LinkEnded ended)
        {
            PublishAddressTerminated(ended.Address);
            TellPromises(ended.Address);
        }
        else
        {
            base.OnReceive(message);
        }
    }

    /// <summary>
    /// Actors hear of the end of an address by themselves. The promises behind <c>WatchAsync</c> and <c>GracefulStop</c> do not: they would wait for ever.
    /// </summary>
    private void TellPromises(Address address)
    {
        foreach (var (watchee, watchers) in Watching)
        {
            if (watchee.Path.Address.Equals(address))
            {
                foreach (var promise in watchers.OfType<MinimalActorRef>())
                {
                    promise.SendSystemMessage(new DeathWatchNotification(watchee, existenceConfirmed: false, addressTerminated: true));
                }
            }
        }
    }

    /// <summary>Only the nodes of other transports get heartbeats.</summary>
    protected override void WatchNode(IInternalActorRef watchee)
    {
        if (!ProcessAddress.IsOurs(watchee.Path.Address))
        {
            base.WatchNode(watchee);
        }
    }
}

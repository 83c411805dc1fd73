using System.Collections.Concurrent;
using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Peers;

/// <summary>Where a caller waits: the place, null when it was not reported in time; and whether a thread is blocked there at all.</summary>
internal readonly record struct WaitSite(bool IsBlocked, string? Place);

/// <summary>
/// Asks the threads that wait for this node where in the code they wait. It is not recorded in normal operation, since that would cost more than the wait:
/// a thread is woken to report it when a cycle was found.
/// </summary>
internal sealed class CallSites
{
    private const byte Question = 1;
    private const byte Reply = 2;

    /// <summary>How long to wait for reports. A process that is stopped, or whose threads are starved, sends none.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private ConcurrentDictionary<Caller, TaskCompletionSource<WaitSite>>? _asked;

    /// <summary>Not created, and its type not loaded, before the first request: every child has this object.</summary>
    private ConcurrentDictionary<Caller, TaskCompletionSource<WaitSite>> Asked => LazyInitializer.EnsureInitialized(ref _asked, static () => new());

    /// <summary>Binds the service to a peer that has just joined.</summary>
    public void Serve(Peer peer) => peer.Serve(Service.CallSite, OnMessage);

    /// <summary>Finds where each of these callers waits.</summary>
    public async Task<IReadOnlyDictionary<Caller, WaitSite>> Ask(Node node, IReadOnlyCollection<Caller> waiters)
    {
        var asked = waiters.Distinct().ToDictionary(static waiter => waiter, waiter => Ask(node, waiter));
        await ((Task)Task.WhenAll(asked.Values)).WaitAsync(s_patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var sites = new Dictionary<Caller, WaitSite>();
        foreach (var (waiter, site) in asked)
        {
            Asked.TryRemove(waiter, out _);
            sites[waiter] = site.IsCompletedSuccessfully ? await site.ConfigureAwait(false) : new WaitSite(IsBlocked: true, null);
        }

        return sites;
    }

    private Task<WaitSite> Ask(Node node, Caller waiter)
    {
        var fresh = new TaskCompletionSource<WaitSite>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = Asked.GetOrAdd(waiter, fresh);
        if (asked == fresh)
        {
            if (waiter.IsLocal)
            {
                AskThread(null, waiter.Call, site => asked.TrySetResult(site));
            }
            else if (node.Peers.Find(waiter.Process) is { } peer)
            {
                Send(peer, Question, waiter.Call, null);
            }
            else
            {
                asked.TrySetResult(default);
            }
        }

        return asked.Task;
    }

    private static void AskThread(Peer? asker, long call, Action<WaitSite> tell)
    {
        if (!CallTable.Current.TryAskSite(asker, call, place => tell(new WaitSite(place is not null, place))))
        {
            tell(default);
        }
    }

    private void OnMessage(Peer peer, ref WireReader message)
    {
        byte kind = message.Byte();
        long call = (long)message.VarUInt();
        switch (kind)
        {
            case Question:
                AskThread(peer, call, site => Send(peer, Reply, call, site));
                break;
            case Reply:
                var told = new WaitSite(message.Bool(), message.String());
                if (Asked.TryRemove(new Caller(peer.Number, call), out var asked))
                {
                    asked.TrySetResult(told);
                }

                break;
            default:
                throw new SerializationException($"Malformed frame: message {kind} about places in the code is unknown.");
        }
    }

    private static void Send(Peer peer, byte kind, long call, WaitSite? site)
    {
        try
        {
            var writer = peer.BeginService(Service.CallSite);
            writer.Byte(kind);
            writer.VarUInt((ulong)call);
            if (site is { } told)
            {
                writer.Bool(told.IsBlocked);
                writer.String(told.Place ?? "");
            }

            peer.Send(writer);
        }
        catch (ConnectionLostException)
        {
            // Its death ends the wait that was asked about.
        }
    }
}

using System.Collections.Concurrent;
using Multiproc.Nodes;
using Multiproc.Serialization;
using Multiproc.States;
using Multiproc.Transport;
using Multiproc.Transport.Linux;

namespace Multiproc.Peers;

/// <summary>A thread that waits for a lock of a node, and the thread that holds it.</summary>
/// <param name="Waiter">The call that waits, as the lock's node knows it.</param>
/// <param name="WaiterPid">The process of the waiting thread.</param>
/// <param name="WaiterThread">The waiting thread.</param>
/// <param name="Object">The number of the lock.</param>
/// <param name="HolderPid">The process of the holding thread.</param>
/// <param name="HolderThread">The holding thread.</param>
/// <param name="Fence">Distinguishes the hold from later ones.</param>
internal readonly record struct LockWait(Caller Waiter, int WaiterPid, int WaiterThread, long Object, int HolderPid, int HolderThread, long Fence);

/// <summary>Asks the processes that this one is connected to, on this machine, who waits for whom at their locks, and where in the code.</summary>
internal sealed class LockWaits
{
    private const byte WaitsQuestion = 1;
    private const byte WaitsReply = 2;
    private const byte SitesQuestion = 3;
    private const byte SitesReply = 4;

    /// <summary>A process that does not reply in time is left out. It has 2 s to ask its own waiters.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(4);

    private ConcurrentDictionary<(Peer Peer, long Number), TaskCompletionSource<object>>? _asked;
    private long _last;

    /// <summary>Finds the waits at a node's locks; set by the type of the locks, so null in a process without one.</summary>
    public static Func<Node, IReadOnlyList<LockWait>>? OfNode { get; set; }

    /// <summary>Not created, and its type not loaded, before the first request: every child has this object.</summary>
    private ConcurrentDictionary<(Peer Peer, long Number), TaskCompletionSource<object>> Asked =>
        LazyInitializer.EnsureInitialized(ref _asked, static () => new());

    /// <summary>Binds the service to a peer that has just joined.</summary>
    public void Serve(Node node, Peer peer) => peer.Serve(Service.LockWait, (Peer asker, ref WireReader message) => OnMessage(node, asker, ref message));

    /// <summary>Collects the waits at the locks of all peers that reply in time.</summary>
    public async Task<IReadOnlyList<(Peer Owner, LockWait Wait)>> Ask(IEnumerable<Peer> peers)
    {
        var running = peers.Where(static each => each.Address is { } address && !OtherProcess.IsStopped(address.Pid));
        var asked = running.Select(async peer => (Peer: peer, Reply: await Ask(peer, WaitsQuestion, []).ConfigureAwait(false)));
        return [.. from each in await Task.WhenAll(asked).ConfigureAwait(false) from wait in each.Reply as List<LockWait> ?? [] select (each.Peer, wait)];
    }

    /// <summary>Asks a peer where these callers of its locks wait, in this order. One that does not say it in time may well be blocked.</summary>
    public async Task<IReadOnlyList<WaitSite>> AskSites(Peer owner, IReadOnlyList<Caller> waiters) =>
        await Ask(owner, SitesQuestion, waiters).ConfigureAwait(false) is List<WaitSite> sites && sites.Count == waiters.Count
            ? sites
            : [.. waiters.Select(static _ => new WaitSite(IsBlocked: true, null))];

    private async Task<object?> Ask(Peer peer, byte question, IReadOnlyList<Caller> waiters)
    {
        long number = Interlocked.Increment(ref _last);
        var reply = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        Asked[(peer, number)] = reply;
        try
        {
            Send(peer, question, number, waiters, static (WireWriter writer, Caller each) =>
            {
                writer.VarUInt((uint)each.Process);
                writer.VarUInt((ulong)each.Call);
            });
            return await reply.Task.WaitAsync(s_patience).ConfigureAwait(false);
        }
        catch (Exception silent) when (silent is TimeoutException or ConnectionLostException)
        {
            return null;
        }
        finally
        {
            Asked.TryRemove((peer, number), out _);
        }
    }

    private void OnMessage(Node node, Peer peer, ref WireReader message)
    {
        byte kind = message.Byte();
        long number = (long)message.VarUInt();
        int count = message.Natural();
        switch (kind)
        {
            // On another thread: the objects, or the waiters, are asked, and this one delivers their replies.
            case WaitsQuestion:
                _ = Task.Run(() => Tell(node, peer, number));
                break;
            case SitesQuestion:
                var waiters = new List<Caller>();
                for (int i = 0; i < count; i++)
                {
                    waiters.Add(new Caller(message.Natural(), (long)message.VarUInt()));
                }

                _ = Task.Run(() => TellSites(node, peer, number, waiters));
                break;
            case WaitsReply:
                var waits = new List<LockWait>();
                for (int i = 0; i < count; i++)
                {
                    waits.Add(new LockWait(
                        new Caller(message.Natural(), (long)message.VarUInt()),
                        message.Natural(),
                        message.Natural(),
                        (long)message.VarUInt(),
                        message.Natural(),
                        message.Natural(),
                        (long)message.VarUInt()));
                }

                Finish(peer, number, waits);
                break;
            case SitesReply:
                var sites = new List<WaitSite>();
                for (int i = 0; i < count; i++)
                {
                    bool isBlocked = message.Bool();
                    string place = message.String();
                    sites.Add(new WaitSite(isBlocked, place.Length > 0 ? place : null));
                }

                Finish(peer, number, sites);
                break;
            default:
                throw new SerializationException($"Malformed frame: message {kind} about waits for locks is unknown.");
        }
    }

    private void Finish(Peer peer, long number, object reply)
    {
        if (Asked.TryGetValue((peer, number), out var asked))
        {
            asked.TrySetResult(reply);
        }
    }

    private static void Tell(Node node, Peer peer, long number)
    {
        IReadOnlyList<LockWait> waits;
        try
        {
            waits = OfNode?.Invoke(node) ?? [];
        }
        catch (TimeoutException)
        {
            waits = []; // A busy object sent no snapshot: whoever asks again finds what is true then.
        }

        Send(peer, WaitsReply, number, waits, static (writer, each) =>
        {
            writer.VarUInt((uint)each.Waiter.Process);
            writer.VarUInt((ulong)each.Waiter.Call);
            writer.VarUInt((uint)each.WaiterPid);
            writer.VarUInt((uint)each.WaiterThread);
            writer.VarUInt((ulong)each.Object);
            writer.VarUInt((uint)each.HolderPid);
            writer.VarUInt((uint)each.HolderThread);
            writer.VarUInt((ulong)each.Fence);
        });
    }

    private static async Task TellSites(Node node, Peer peer, long number, List<Caller> waiters)
    {
        var sites = await node.CallSites.Ask(node, waiters).ConfigureAwait(false);
        Send(peer, SitesReply, number, [.. waiters.Select(each => sites[each])], static (writer, each) =>
        {
            writer.Bool(each.IsBlocked);
            writer.String(each.Place ?? "");
        });
    }

    private static void Send<T>(Peer peer, byte kind, long number, IReadOnlyList<T> items, Action<WireWriter, T> write)
    {
        // Not held up by a process that does not read.
        using var handler = Reactor.EnterHandler();
        try
        {
            var writer = peer.BeginService(Service.LockWait);
            writer.Byte(kind);
            writer.VarUInt((ulong)number);
            writer.VarUInt((uint)items.Count);
            foreach (var each in items)
            {
                write(writer, each);
            }

            peer.Send(writer);
        }
        catch (ConnectionLostException)
        {
            // Its death ends its waits, and its question.
        }
    }
}

using System.Collections.Concurrent;
using Multiproc.Nodes;
using Multiproc.Serialization;

namespace Multiproc.Peers;

/// <summary>Asks a node for the process id behind one of its process numbers. A number is never used twice, so a reply stays valid.</summary>
internal sealed class ProcessNumbers
{
    private const byte Question = 1;
    private const byte Reply = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private ConcurrentDictionary<(Peer Node, int Process), TaskCompletionSource<int>>? _asked;

    /// <summary>Not created, and its type not loaded, before the first request: every child has this object.</summary>
    private ConcurrentDictionary<(Peer Node, int Process), TaskCompletionSource<int>> Asked =>
        LazyInitializer.EnsureInitialized(ref _asked, static () => new());

    /// <summary>Binds the service to a peer that has just joined.</summary>
    public void Serve(Node node, Peer peer) =>
        peer.Serve(Service.ProcessNumber, (Peer asker, ref WireReader message) => OnMessage(node, asker, ref message));

    /// <summary>Fails the requests to a peer that is gone.</summary>
    public void Forget(Peer lost)
    {
        if (_asked is null)
        {
            return;
        }

        foreach (var (key, reply) in Asked)
        {
            if (ReferenceEquals(key.Node, lost) && Asked.TryRemove(key, out _))
            {
                reply.TrySetException(new ConnectionLostException($"The connection to {lost} is lost: its objects are gone with it."));
            }
        }
    }

    /// <summary>Returns the process id; 0 when that process has ended.</summary>
    /// <exception cref="ConnectionLostException">The node is gone.</exception>
    /// <exception cref="MultiprocTimeoutException">The node did not reply in time.</exception>
    public int Ask(Peer peer, int process)
    {
        var reply = Asked.GetOrAdd((peer, process), static _ => new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!reply.Task.IsCompleted)
        {
            Send(peer, Question, process, 0);
            try
            {
                return reply.Task.WaitAsync(s_patience).GetAwaiter().GetResult();
            }
            catch (TimeoutException silent)
            {
                throw new MultiprocTimeoutException(
                    $"{peer} did not report within {s_patience.TotalSeconds:0} s which process holds one of its locks.", silent);
            }
        }

        return reply.Task.GetAwaiter().GetResult();
    }

    private static void Send(Peer peer, byte kind, int process, int pid)
    {
        var writer = peer.BeginService(Service.ProcessNumber);
        writer.Byte(kind);
        writer.VarUInt((uint)process);
        writer.VarUInt((uint)pid);
        peer.Send(writer);
    }

    private void OnMessage(Node node, Peer peer, ref WireReader message)
    {
        byte kind = message.Byte();
        int process = message.Natural();
        int pid = message.Natural();
        switch (kind)
        {
            case Question:
                TryReply(peer, process, node.PidOf(process));
                break;
            case Reply:
                if (Asked.TryGetValue((peer, process), out var asked))
                {
                    asked.TrySetResult(pid);
                }

                break;
            default:
                throw new SerializationException($"Malformed frame: message {kind} about numbers of processes is unknown.");
        }
    }

    private static void TryReply(Peer peer, int process, int pid)
    {
        try
        {
            Send(peer, Reply, process, pid);
        }
        catch (ConnectionLostException)
        {
            // The asking process is gone.
        }
    }
}

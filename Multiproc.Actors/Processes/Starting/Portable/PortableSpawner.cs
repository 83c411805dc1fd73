using System.Collections.Concurrent;
using System.Diagnostics;
using Multiproc.Nodes;
using Multiproc.Peers;

namespace Multiproc.Processes.Portable;

/// <summary>
/// Starts a host where descriptors cannot be inherited: the child reads from its stdin the address of its parent, the key, and a ticket
/// by which the parent identifies it. Works on every system; not tested on macOS and Windows by this project's CI.
/// </summary>
internal sealed class PortableSpawner : ISpawner
{
    private static readonly TimeSpan s_bootTimeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, Ticket> _tickets = new();

    public PortableSpawner() => Node.Current.Peers.Joined += peer => peer.Serve(Service.Ticket, OnTicket);

    public SpawnedProcess Spawn(HostCommand command, SpawnOptions options, Action<Peer> bind)
    {
        string[] arguments = command.Arguments("child-by-stdin");
        var start = new ProcessStartInfo(
            arguments[0], arguments.AsSpan(1).ToArray()) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true };
        foreach (var (name, value) in ChildEnvironment.Changes(command, options.Process) ?? [])
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start) ?? throw new ProcessStartException($"Cannot start a process: {arguments[0]} could not be run.");
        var tail = new StderrReader(process);
        var ticket = Guid.NewGuid();
        var joined = new TaskCompletionSource<Peer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _tickets.TryAdd(ticket, new Ticket(joined, bind));
        try
        {
            process.StandardInput.WriteLine(Node.Current.Address.Endpoint);
            process.StandardInput.WriteLine(Convert.ToHexString(ProcessKey.Current.Bytes.Span));
            process.StandardInput.WriteLine(ticket);
            process.StandardInput.Close();
            process.EnableRaisingEvents = true;
            process.Exited += (_, _) => joined.TrySetCanceled();
            if (!joined.Task.Wait(s_bootTimeout))
            {
                process.Kill(entireProcessTree: true);
                throw new ProcessStartException($"Process {process.Id} did not report within {s_bootTimeout.TotalSeconds} s after its start. Its stderr: "
                    + $"{tail.Text()}");
            }

            return new PortableProcess(process, joined.Task.Result, tail);
        }
        catch (Exception early) when (early is AggregateException or IOException)
        {
            process.WaitForExit();
            throw new ProcessStartException(
                $"A host ended with exit code {process.ExitCode} before it ran any of the program's code. Its stderr: {tail.Text()}", early);
        }
        finally
        {
            _tickets.TryRemove(ticket, out _);
        }
    }

    private void OnTicket(Peer peer, ref Serialization.WireReader message)
    {
        var ticket = new Guid(message.Raw(16));
        if (!_tickets.TryRemove(ticket, out var waiting))
        {
            throw new SerializationException("Malformed frame: the ticket is unknown or was used before.");
        }

        // Bound here, on the reading thread, since the child's next message may already have arrived.
        waiting.Bind(peer);
        waiting.Joined.TrySetResult(peer);
    }

    /// <summary>A child whose connection is expected.</summary>
    private sealed record Ticket(TaskCompletionSource<Peer> Joined, Action<Peer> Bind);
}

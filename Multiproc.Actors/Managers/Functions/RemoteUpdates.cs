using System.Reflection;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>A proxy's side of updates that run where its dictionary lives. Those that cannot run there are the proxy's own affair.</summary>
internal sealed class RemoteUpdates(ObjectHandle dictionary, string name)
{
    private ObjectHandle? _runner;
    private volatile bool _isRefused;
    private volatile MethodInfo? _stays;
    private volatile Sent? _sent;

    public ObjectHandle Runner => _runner ??= dictionary.Beside(UpdateRunner.Number);

    /// <summary>What to ask; null when it must run here: the node is on another machine or runs no functions of others, or the function cannot be sent.</summary>
    /// <exception cref="InvalidOperationException">It would wait for itself.</exception>
    public CallCommand.Invoke? Command(Payload key, Payload? first, ValueFunction function)
    {
        if (_isRefused || function.Function.Method == _stays || !dictionary.IsOnThisMachine)
        {
            return null;
        }

        if (dictionary.IsLocal && UpdateRunner.RunsFor(dictionary.Id, key))
        {
            throw new InvalidOperationException($"{name}: this update of a key was called by a function that updates the same key, and would wait for itself. Let that function compute all of it.");
        }

        try
        {
            return new UpdateRequest(dictionary.Id, key, first, Pack(function)).ToCommand() with { Chain = CallFrame.Chain };
        }
        catch (SerializationException)
        {
            // Something that was captured cannot leave this process: so the function does not, either.
            Stays(function);
            return null;
        }
    }

    /// <summary>False if it must run here.</summary>
    /// <exception cref="KeyNotFoundException">The key is not there.</exception>
    public bool TryOpen(in Reply reply, ValueFunction function, Func<Exception> missing, CancellationToken cancellation, out Payload value)
    {
        value = reply.Value;
        if (reply.Status == ReplyStatus.Cancelled)
        {
            throw new OperationCanceledException($"An update of {name} was cancelled.", cancellation);
        }

        if (reply.Status != ReplyStatus.Ok)
        {
            // Whatever is wrong with the dictionary itself is told when it is asked.
            return false;
        }

        switch ((UpdateOutcome)reply.Number)
        {
            case UpdateOutcome.Done:
                return true;
            case UpdateOutcome.Missing:
                throw missing();
            case UpdateOutcome.Failed:
                var reader = new WireReader(reply.Value.Bytes.Span);
                throw SentFailure.Read(ref reader);
            case UpdateOutcome.Refused:
                _isRefused = true;
                return false;
            default:
                Stays(function);
                return false;
        }
    }

    /// <summary>It would most likely come back the next time, too.</summary>
    private void Stays(ValueFunction function) => _stays = function.Function.Method;

    /// <summary>A lambda without captures is one object, whose bytes are the same each time.</summary>
    private Payload Pack(ValueFunction function)
    {
        if (_sent is { } sent && ReferenceEquals(sent.Function, function.Function))
        {
            return sent.Packed;
        }

        var packed = Serializer.Pack(function);
        if (!function.HasState)
        {
            _sent = new Sent(function.Function, packed);
        }

        return packed;
    }

    private sealed record Sent(Delegate Function, Payload Packed);
}

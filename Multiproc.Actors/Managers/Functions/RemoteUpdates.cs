using System.Reflection;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>The proxy's side of updates that run where the dictionary lives. Updates that cannot run there are run by the proxy.</summary>
internal sealed class RemoteUpdates(ObjectHandle dictionary, string name)
{
    private ObjectHandle? _runner;
    private volatile bool _isRefused;
    private volatile MethodInfo? _stays;
    private volatile Sent? _sent;

    public ObjectHandle Runner => _runner ??= dictionary.Beside(UpdateRunner.Number);

    /// <summary>
    /// Returns the command to send; null if the function must run here: the node is no manager, is on another machine or runs no functions of others, or the
    /// function cannot be sent.
    /// </summary>
    /// <exception cref="InvalidOperationException">The update would wait for itself.</exception>
    public CallCommand.Invoke? Command(Payload key, Payload? first, ValueFunction function)
    {
        if (!dictionary.IsCounted || _isRefused || function.Function.Method == _stays || !dictionary.IsOnThisMachine)
        {
            return null;
        }

        if (dictionary.IsLocal && UpdateRunner.RunsFor(dictionary.Id, key))
        {
            throw new InvalidOperationException(
                $"{name}: this update of a key was called by a function that updates the same key, and would wait for itself. Let that function compute all "
                    + "of it.");
        }

        try
        {
            return new UpdateRequest(dictionary.Id, key, first, Pack(function)).ToCommand() with { Chain = CallFrame.Chain };
        }
        catch (SerializationException)
        {
            // A captured variable cannot leave this process, so the function cannot either.
            Stays(function);
            return null;
        }
    }

    /// <summary>Returns false if the function must run here.</summary>
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
            // A failure of the dictionary itself is reported by the retry that runs here.
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

    /// <summary>Remembers that the function must run here: it would most likely be rejected the next time, too.</summary>
    private void Stays(ValueFunction function) => _stays = function.Function.Method;

    /// <summary>Serializes the function. A lambda without captures is a single object with the same bytes each time, which are cached.</summary>
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

using Multiproc.Nodes;
using Multiproc.Objects.Dictionaries;
using Multiproc.Peers;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>
/// Runs update functions of users in the process of a manager's dictionaries: reads the value, computes, and writes by compare-and-set. The dictionary's state
/// is not involved. Functions for one key run one after another, so each runs once unless a plain write changes the key meanwhile.
/// </summary>
/// <param name="ofOwnProgram">
/// Whether peers of this machine belong to the same program as this process. Otherwise only this process's own functions run.
/// </param>
internal sealed class UpdateRunner(bool ofOwnProgram) : ICallRunner
{
    /// <summary>The number of the object that receives updates in the node of every manager: the second object made.</summary>
    public const long Number = 2;

    [ThreadStatic]
    private static (long Dictionary, Payload Key)? s_running;

    private readonly Lock _gate = new();
    private readonly HashSet<Caller> _asking = [];
    private readonly Dictionary<(long Dictionary, Payload Key), KeyQueue> _queues = [];

    /// <summary>Whether the current thread runs a function for this key: a nested update of the same key would wait for itself.</summary>
    public static bool RunsFor(long dictionary, Payload key) => s_running is { } running && running.Dictionary == dictionary && running.Key == key;

    public void Begin(Caller caller, CallCommand command)
    {
        UpdateRequest request;
        try
        {
            request = UpdateRequest.Read(command);
        }
        catch (SerializationException malformed)
        {
            Tell(caller, new Reply(ReplyStatus.Malformed, Reason: malformed.Message));
            return;
        }

        if (!Admits(caller))
        {
            Tell(caller, Reply.Of((long)UpdateOutcome.Refused));
            return;
        }

        bool waitsForItself = false;
        lock (_gate)
        {
            _asking.Add(caller);
            var place = (request.Dictionary, request.Key);
            if (!_queues.TryGetValue(place, out var queue))
            {
                _queues.Add(place, queue = new KeyQueue());
            }

            if (CallFrame.RunsOn(queue, command.Chain))
            {
                _asking.Remove(caller);
                waitsForItself = true;
            }
            else
            {
                queue.Pending++;
                queue.Calls.Add(() => Run(caller, request, queue, command.Chain));
            }
        }

        if (waitsForItself)
        {
            Tell(caller, Failed(new InvalidOperationException(
                "This update of a key of a manager's dictionary was called by a function that updates the same key, by way of another object, and would "
                    + "wait for itself. Let that function compute all of it.")));
        }
    }

    /// <summary>Cancels the caller's updates: a queued one is dropped; the result of a running one may still be written.</summary>
    public void Cancel(Caller caller)
    {
        lock (_gate)
        {
            _asking.Remove(caller);
        }

        Tell(caller, Reply.Cancelled);
    }

    public void Dispose()
    {
    }

    private static void Tell(Caller caller, Reply reply) => Node.Current.DeliverLocal(default, Number, new CallDone(caller, reply));

    /// <summary>Whether to run the caller's functions. A function is arbitrary code, so only callers that could start a process with it are admitted.</summary>
    private bool Admits(Caller caller) => caller.IsLocal || (ofOwnProgram && Node.Current.Peers.Find(caller.Process) is { SharesMachine: true });

    private bool IsAsking(Caller caller)
    {
        lock (_gate)
        {
            return _asking.Contains(caller);
        }
    }

    // Asynchronous only so that the call frame ends with the method; nothing is awaited.
    private async Task Run(Caller caller, UpdateRequest request, KeyQueue queue, long[] chain)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var reply = Reply.Cancelled;
        var frame = CallFrame.Enter(queue, chain);
        s_running = (request.Dictionary, request.Key);
        try
        {
            reply = Update(caller, request);
        }
        catch (Exception failure)
        {
            reply = Failed(failure);
        }
        finally
        {
            s_running = null;
            frame.End();
        }

        lock (_gate)
        {
            _asking.Remove(caller);
            if (--queue.Pending == 0)
            {
                _queues.Remove((request.Dictionary, request.Key));
            }
        }

        ServingThread.End(() => Tell(caller, reply));
    }

    private Reply Update(Caller caller, UpdateRequest request)
    {
        if (Node.Current.Objects.KindOf(request.Dictionary) != DictionaryType.Instance.Name)
        {
            return Reply.ObjectGone;
        }

        var dictionary = new ObjectHandle(Node.Current, request.Dictionary, null);
        while (IsAsking(caller))
        {
            var known = dictionary.Ask(new DictionaryCommand.Get(request.Key), default);
            if (known.Status != ReplyStatus.Ok)
            {
                return known;
            }

            Payload next;
            if (known.Number >= 0)
            {
                var computed = Compute(request.Function, known.Value);
                if (computed.Number != (long)UpdateOutcome.Done)
                {
                    return computed;
                }

                next = computed.Value;
            }
            else if (request.First is { } first)
            {
                next = first;
            }
            else
            {
                return Reply.Of((long)UpdateOutcome.Missing);
            }

            var written = dictionary.Ask(new DictionaryCommand.CompareAndSet(request.Key, known.Number, next), default);
            if (written.Status != ReplyStatus.Ok)
            {
                return written;
            }

            if (written.Number == 1)
            {
                return Reply.Of(next, (long)UpdateOutcome.Done);
            }
        }

        return Reply.Cancelled;
    }

    private static Reply Compute(Payload sent, Payload known)
    {
        ValueFunction function;
        Func<Payload> run;
        try
        {
            function = Serializer.Unpack<ValueFunction>(sent);
            run = function.On(known);
        }
        catch (Exception unknown) when (unknown is SerializationException or FileNotFoundException or TypeLoadException)
        {
            // The code or a type exists in the caller's process only.
            return Reply.Of((long)UpdateOutcome.Unfit);
        }

        Reply result;
        try
        {
            result = Reply.Of(run(), (long)UpdateOutcome.Done);
        }
        catch (Exception failure)
        {
            result = Failed(failure);
        }

        return function.HasState && Serializer.Pack(function) != sent ? Reply.Of((long)UpdateOutcome.Unfit) : result;
    }

    private static Reply Failed(Exception failure)
    {
        using var writer = new WireWriter { IsForValues = true };
        SentFailure.Write(writer, failure);
        return Reply.Of(new Payload(writer.ToArray()), (long)UpdateOutcome.Failed);
    }

    /// <summary>The queue of the functions for one key; exists while it is not empty.</summary>
    private sealed class KeyQueue
    {
        public CallQueue Calls { get; } = new(CallOrder.OneByOne);

        public int Pending { get; set; }
    }
}

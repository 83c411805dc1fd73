using System.Collections.Concurrent;
using System.Reflection;
using Multiproc.Nodes;
using Multiproc.Processes;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>
/// Runs the methods of one user's object on threads of the thread pool. Replies go through the object's actor, which knows whether the
/// caller still exists.
/// </summary>
internal sealed class ObjectRunner(
    object target, ExposedMethods methods, CallOrder order, IReadOnlyDictionary<string, string>? resultTypes, Func<string, object, Caller, Task<Reply>>? share,
    bool owns = false) : ICallRunner
{
    /// <summary>Internal methods of every object, not exposed by name: the referent as text, a copy of it, and whether a name is exposed.</summary>
    public const string TextMethod = "#text";
    public const string ValueMethod = "#value";
    public const string HasMethod = "#has";

    private readonly CallQueue _queue = new(order);
    private readonly ConcurrentDictionary<Caller, CancellationTokenSource> _calls = [];
    private readonly OpenStreams _streams = new();
    private readonly EventHandlers _handlers = new(target);

    /// <summary>The number of the object in its node; set once it is known.</summary>
    public long Id { get; set; }

    public void Begin(Caller caller, CallCommand command)
    {
        var source = new CancellationTokenSource();
        if (caller.WantsReply)
        {
            _calls[caller] = source;
        }

        long[] chain = command.Chain;
        Func<Task> work = async () =>
        {
            var frame = CallFrame.Enter(this, chain);
            var reply = await Reply(caller, command, source.Token).ConfigureAwait(false);
            frame.End();

            // Not disposed: a concurrent cancellation may still use the source.
            _calls.TryRemove(caller, out _);
            if (caller.WantsReply)
            {
                ServingThread.End(() => Node.Current.DeliverLocal(default, Id, new CallDone(caller, reply)));
            }
        };
        bool takesTurn = command is CallCommand.Invoke || (command is CallCommand.Next next && _streams.RunsAsACall(next.Stream));
        if (!takesTurn)
        {
            _ = Task.Run(work);
        }
        else if (CallFrame.RunsOn(this, chain))
        {
            // A callback from within a call of this object: that call waits for this one, which must therefore not wait for its turn. It holds a thread
            // meanwhile.
            _ = Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        else if (chain.Length == 0)
        {
            _queue.Add(work);
        }
        else if (CallCycle.Add(this, chain, () => _queue.Add(work, chain)) is { } cycle)
        {
            _calls.TryRemove(caller, out _);
            _ = Task.Run(() => Node.Current.DeliverLocal(default, Id, new CallDone(caller, CallReplies.Failure(cycle))));
        }
    }

    /// <summary>The calls that wait for queued calls of this object.</summary>
    public long[] WaitingChains() => _queue.WaitingChains();

    public override string ToString() => $"{target.GetType().Name} (object {Id})";

    public void Cancel(Caller caller)
    {
        if (_calls.TryGetValue(caller, out var source))
        {
            // The token's callbacks are user code and must not run on this thread, which delivers messages.
            UserCode.Cancel(source, $"A callback of the token of a call of {this}");
        }
    }

    public void Dispose() => _queue.Add(async () =>
    {
        await _streams.CloseAll().ConfigureAwait(false);
        if (!owns)
        {
            // The object's creator may still hold it, or return it again.
            return;
        }

        try
        {
            if (target is IAsyncDisposable async)
            {
                await async.DisposeAsync().ConfigureAwait(false);
            }
            else if (target is IDisposable disposable)
            {
                disposable.Dispose();
            }
        }
        catch (Exception failure)
        {
            UserCode.Tell($"The disposal of {this}", failure);
        }
    });

    private async Task<Reply> Reply(Caller caller, CallCommand command, CancellationToken cancellation)
    {
        try
        {
            switch (command)
            {
                case CallCommand.Invoke invoke:
                    return await Invoke(caller, invoke, cancellation).ConfigureAwait(false);
                case CallCommand.Next next:
                    return await _streams.Next(next.Stream, next.Max, cancellation).ConfigureAwait(false);
                case CallCommand.Leave leave:
                    await _streams.Close(leave.Stream).ConfigureAwait(false);
                    return Multiproc.States.Reply.Done;
                default:
                    return new Reply(ReplyStatus.Malformed, Reason: $"{command.GetType().Name} is not for a user's object.");
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Multiproc.States.Reply.Cancelled;
        }
        catch (Exception failure)
        {
            if (!caller.WantsReply)
            {
                // A progress report or an event handler: no caller waits for it, and its failure must not reach the code that raised it.
                UserCode.Tell($"A callback of {CurrentProcess.Instance.Name}", failure);
            }

            return CallReplies.Failure(failure);
        }
    }

    private async Task<Reply> Invoke(Caller caller, CallCommand.Invoke invoke, CancellationToken cancellation)
    {
        switch (invoke.Method)
        {
            case TextMethod:
                return CallReplies.Value(target.ToString());
            case ValueMethod:
                return CallReplies.Value(target);
        }

        ExposedMethod method;
        object?[] arguments;
        try
        {
            arguments = Serializer.Unpack<object?[]>(invoke.Arguments);
            if (invoke.Method == HasMethod)
            {
                return CallReplies.Value(arguments is [string name] && methods.Has(name));
            }

            method = methods.Find(invoke.Method, arguments);
            if (method.Event != EventAccessor.None && arguments is [Callback handler])
            {
                arguments[0] = method.Event == EventAccessor.Add ? _handlers.Add(method, handler) : _handlers.Remove(method.Name, handler);
            }

            arguments = method.Fill(arguments, cancellation);
        }
        catch (Exception unfit) when (unfit is SerializationException or MissingMethodException or ArgumentException)
        {
            return CallReplies.Refusal(unfit);
        }

        cancellation.ThrowIfCancellationRequested();
        object? result;
        try
        {
            result = method.Invoke(target, arguments);
        }
        catch (TargetException unfit)
        {
            return CallReplies.Refusal(unfit);
        }

        if (TaskResults.IsTask(result))
        {
            result = await TaskResults.Unwrap(result).ConfigureAwait(false);
        }

        if (result is not null && share is not null && resultTypes is not null && resultTypes.TryGetValue(method.Name, out string? typeId))
        {
            return await share(typeId, result, caller).ConfigureAwait(false);
        }

        return _streams.TryOpen(result, method.ReturnType, out long stream) ? CallReplies.Stream(stream) : CallReplies.Value(result);
    }
}

using Multiproc.Nodes;
using Multiproc.Peers;
using Multiproc.Peers.References;
using Multiproc.Serialization;
using Multiproc.States;

namespace Multiproc.Managers;

/// <summary>Calls a user's object in another process: serializes arguments, deserializes results and exceptions.</summary>
internal sealed class RemoteObject(ObjectHandle handle, string name)
{
    public ObjectHandle Handle => handle;

    public string Name => name;

    public object? Call(string method, object?[] arguments, CancellationToken cancellation = default, bool isIdempotent = false)
    {
        List<long>? callbacks = null;
        try
        {
            return Open(handle.Ask(Pack(method, arguments, ref callbacks, isIdempotent), cancellation), method, cancellation);
        }
        finally
        {
            callbacks?.ForEach(Node.Current.Remove);
        }
    }

    public async ValueTask<object?> CallAsync(string method, object?[] arguments, CancellationToken cancellation, bool isIdempotent = false)
    {
        List<long>? callbacks = null;
        try
        {
            return Open(await handle.AskAsync(Pack(method, arguments, ref callbacks, isIdempotent), cancellation).ConfigureAwait(false), method, cancellation);
        }
        finally
        {
            callbacks?.ForEach(Node.Current.Remove);
        }
    }

    /// <summary>Calls a method that takes a timeout as its only argument and returns whether it was in time.</summary>
    public bool CallWithin(string method, TimeSpan? timeout, CancellationToken cancellation)
    {
        var call = new CallCommand.Invoke(method, Serializer.Pack(new object?[] { timeout })) { Chain = CallFrame.Chain, Timeout = timeout };
        var reply = handle.Ask(call, cancellation);
        return reply.Status != ReplyStatus.TimedOut && (bool)Open(reply, method, cancellation)!;
    }

    /// <inheritdoc cref="CallWithin"/>
    public async ValueTask<bool> CallWithinAsync(string method, TimeSpan? timeout, CancellationToken cancellation)
    {
        var command = new CallCommand.Invoke(method, Serializer.Pack(new object?[] { timeout })) { Chain = CallFrame.Chain, Timeout = timeout };
        var reply = await handle.AskAsync(command, cancellation).ConfigureAwait(false);
        return reply.Status != ReplyStatus.TimedOut && (bool)Open(reply, method, cancellation)!;
    }

    public void Tell(string method, object?[] arguments) => handle.Tell(new CallCommand.Invoke(method, Serializer.Pack(arguments)));

    /// <summary>Sends a one-way call if the object still exists, even if this handle was released.</summary>
    public void TryTell(string method, object?[] arguments) => handle.TryTell(new CallCommand.Invoke(method, Serializer.Pack(arguments)));

    /// <summary>Requests the next items of a stream.</summary>
    public async ValueTask<(List<Payload> Items, bool IsOver)> NextAsync(long stream, int max, CancellationToken cancellation) =>
        Items(await handle.AskAsync(new CallCommand.Next(stream, max) { Chain = CallFrame.Chain }, cancellation).ConfigureAwait(false), cancellation);

    public (List<Payload> Items, bool IsOver) Next(long stream, int max) =>
        Items(handle.Ask(new CallCommand.Next(stream, max) { Chain = CallFrame.Chain }, default), default);

    /// <summary>Closes a stream without waiting: to tell another machine may take a new connection.</summary>
    public void Leave(long stream)
    {
        if (handle.IsKnownNear)
        {
            TellEnd(stream);
        }
        else
        {
            _ = Task.Run(() => TellEnd(stream));
        }
    }

    private void TellEnd(long stream)
    {
        try
        {
            handle.Tell(new CallCommand.Leave(stream));
        }
        catch (Exception gone) when (gone is ConnectionLostException or ObjectDisposedException or AuthenticationException or MultiprocTimeoutException)
        {
            // The stream has ended with its object, or with this handle.
        }
    }

    private static CallCommand.Invoke Pack(string method, object?[] arguments, ref List<long>? callbacks, bool isIdempotent) =>
        new(method, Serializer.Pack(Callbacks.Send(arguments, ref callbacks)), isIdempotent) { Chain = CallFrame.Chain };

    private (List<Payload>, bool) Items(Reply reply, CancellationToken cancellation)
    {
        var reader = new WireReader(Check(reply, "a stream", cancellation).Value.Bytes.Span);
        if (reply.Number < 0)
        {
            throw CallReplies.ReadFailure((CallResult)reader.Byte(), ref reader);
        }

        return ([.. reader.Payloads()], reply.Number == 1);
    }

    public object? Open(Reply reply, string method, CancellationToken cancellation)
    {
        var reader = new WireReader(Check(reply, method, cancellation).Value.Bytes.Span);
        var kind = (CallResult)reader.Byte();
        return kind switch
        {
            CallResult.Value => Serializer.Deserialize<object?>(ref reader),
            CallResult.Failure or CallResult.Refusal => throw CallReplies.ReadFailure(kind, ref reader),
            CallResult.Stream => new StreamNumber((long)reader.VarUInt()),
            CallResult.Object => new Proxy(reader.String(), ObjectHandle.ReadFrom(ref reader, isNew: true)),
            _ => throw new SerializationException($"Malformed reply: {(byte)kind} is not a kind of call result."),
        };
    }

    private Reply Check(Reply reply, string method, CancellationToken cancellation) => reply.Status switch
    {
        ReplyStatus.Ok => reply,
        ReplyStatus.Cancelled => throw new OperationCanceledException($"The call of {method} of {name} was cancelled.", cancellation),
        ReplyStatus.ObjectGone => throw new ObjectDisposedException(name, "Its home has ended it."),
        ReplyStatus.Refused => throw new InvalidOperationException($"{name}: {reply.Reason}"),
        ReplyStatus.TooLarge => throw new SerializationException($"The result of {method} of {name} cannot be sent: {reply.Reason}"),
        _ => throw new SerializationException($"{name} could not read the call of {method}: {reply.Reason}"),
    };
}

/// <summary>A streamed result, to be fetched in batches.</summary>
internal sealed record StreamNumber(long Number);

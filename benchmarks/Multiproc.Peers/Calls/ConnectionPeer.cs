namespace Multiproc.Peers.Calls;

/// <summary>This library's pipe, with nothing around the messages: what others' pipes and memory are to be compared with.</summary>
internal sealed class ConnectionPeer : IPeer
{
    private readonly Connection _connection;
    private readonly ChildProcess _echo;

    public ConnectionPeer()
    {
        var (here, there) = Mp.Pipe();
        _connection = here;
        _echo = Mp.Process(Echo, there);
        _echo.Start();
        there.Dispose();
    }

    public ValueTask<string> CallAsync(string text)
    {
        _connection.Send(text);
        return ValueTask.FromResult(_connection.Recv<string>());
    }

    public Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        // The other side reads bytes until an empty message.
        _connection.Send("");
        for (int i = 0; i < count; i++)
        {
            _connection.SendBytes(message.Span);
        }

        _connection.SendBytes([]);
        int read = _connection.Recv<int>();
        return read == count ? Task.CompletedTask : throw new InvalidOperationException($"Of {count} messages {read} came.");
    }

    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
        await _echo.JoinAsync().ConfigureAwait(false);
        _echo.Dispose();
    }

    private static void Echo(Connection connection)
    {
        byte[] message = new byte[1024];
        try
        {
            while (true)
            {
                if (connection.Recv<string>() is { Length: > 0 } text)
                {
                    connection.Send(text);
                    continue;
                }

                int count = 0;
                while (connection.RecvBytesInto(message) > 0)
                {
                    count++;
                }

                connection.Send(count);
            }
        }
        catch (EndOfStreamException)
        {
            // The other side is done.
        }
    }
}

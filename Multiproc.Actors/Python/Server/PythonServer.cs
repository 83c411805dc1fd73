using Multiproc.SharedMemory;

namespace Multiproc.Python.Server;

/// <summary>
/// Serves the objects of this manager to Python programs as their own <c>multiprocessing.managers.Server</c> does: a connection for each request of the
/// manager itself, and one for each thread that calls objects.
/// </summary>
internal sealed class PythonServer : IDisposable
{
    /// <summary>The longest request. A buffer grows with what has arrived, not with what was announced.</summary>
    public const long LargestMessage = 1L << 30;

    /// <summary>The largest buffer that a connection keeps between requests.</summary>
    public const int LargestKept = 1 << 20;

    private const int Backlog = 512;
    private const int StackBytes = 1024 * 1024;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly Listener _listener;
    private readonly ServerFunctions _functions;
    private readonly Idents _idents = new();
    private readonly ClientProcesses _processes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _channels;

    /// <exception cref="IOException">Listening at the address failed.</exception>
    public PythonServer(string? address, byte[] key, PythonSerializer serializer = PythonSerializer.Pickle)
    {
        _listener = new Listener(address, Backlog, key);
        _processes = new ClientProcesses(_idents);
        _functions = new ServerFunctions(_idents, MessageFormat.Of(serializer));
        _ = AcceptAsync();
    }

    public string Address => _listener.Address;

    public Idents Idents => _idents;

    public ServerFunctions Functions => _functions;

    /// <summary>The number of connections of threads that call objects.</summary>
    public int Channels => Volatile.Read(ref _channels);

    /// <summary>Completes when the server has stopped: a client may shut it down.</summary>
    public Task Ended => _ended.Task;

    public void Dispose()
    {
        if (_stopping.IsCancellationRequested)
        {
            return;
        }

        _stopping.Cancel();
        _listener.Dispose();
        _ended.TrySetResult();
        _idents.Clear();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var connection = await _listener.AcceptAsync(null, _stopping.Token).ConfigureAwait(false);
                _ = ServeAsync(connection);
            }
            catch (Exception refused) when (refused is MultiprocException or TimeoutException or OperationCanceledException or EndOfStreamException)
            {
                // One that does not know the key, or went away: the next one. When the server stops, the token ends the loop.
            }
            catch (IOException) when (!_listener.Closed)
            {
                // A broken handshake, or no free descriptor: there may be one in a moment.
                await Task.Delay(s_pause, CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Connection connection)
    {
        bool handedOver = false;
        try
        {
            object address = ClientSocket.OwnAddress(connection.Stream.Endpoint, Address);
            var process = _processes.Of(ClientSocket.ProcessOf(connection.Stream.Endpoint, _processes.Pids));
            byte[] message = await connection.RecvBytesAsync(LargestMessage, null, _stopping.Token).ConfigureAwait(false);
            var (answer, next) = _functions.Serve(message, process, new ProxyPickles(_idents, _functions.Types, address));
            await connection.SendBytesAsync(answer, cancellation: _stopping.Token).ConfigureAwait(false);
            switch (next)
            {
                case Next.Channel:
                    var channel = new Channel(connection, _functions, process, address, _stopping.Token);
                    handedOver = true;
                    Run(channel);
                    break;
                case Next.Stop:
                    Dispose();
                    break;
                default:
                    // The client closes; closing first could drop the answer.
                    await connection.PollAsync(null, _stopping.Token).ConfigureAwait(false);
                    break;
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // The client went away before it was answered, or the server stops.
        }
        finally
        {
            if (!handedOver)
            {
                connection.Dispose();
            }
        }
    }

    private void Run(Channel channel)
    {
        Interlocked.Increment(ref _channels);
        OwnThread.Start(
            () =>
            {
                channel.Run();
                Interlocked.Decrement(ref _channels);
            },
            "multiproc python client", StackBytes);
    }
}

using System.IO.Pipes;
using System.Runtime.Versioning;
using Multiproc.Transport;

namespace Multiproc.Connections.Windows;

/// <summary>Named pipes of Windows, <c>\\.\pipe\name</c>: CPython's family AF_PIPE. Not yet tested on Windows.</summary>
internal static class NamedPipes
{
    private const string Prefix = @"\\";
    private const string LocalPrefix = @"\\.\pipe\";
    private const int BufferBytes = 8192;

    public static bool IsName(string address) => address.StartsWith(Prefix, StringComparison.Ordinal);

    public static string NewName() => $"{LocalPrefix}multiproc-{Environment.ProcessId}-{Guid.NewGuid():N}";

    /// <param name="address">The pipe.</param>
    /// <param name="first">Whether the instance must be the first one of its name.</param>
    /// <exception cref="IOException">The name is in use, or access to it is denied.</exception>
    [SupportedOSPlatform("windows")]
    public static NamedPipeServerStream NewInstance(string address, bool first)
    {
        var options = PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly | (first ? PipeOptions.FirstPipeInstance : PipeOptions.None);
        try
        {
            return new NamedPipeServerStream(
                Parse(address).Name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Message, options, BufferBytes,
                BufferBytes);
        }
        catch (UnauthorizedAccessException taken)
        {
            throw new IOException($"Cannot listen at {address}: the name is in use, or access to it is denied.", taken);
        }
    }

    /// <exception cref="IOException">No listener is at the address.</exception>
    /// <exception cref="MultiprocTimeoutException">The listener did not accept within the timeout.</exception>
    [SupportedOSPlatform("windows")]
    public static async ValueTask<Connection> ConnectAsync(string address, Deadline deadline, CancellationToken cancellation)
    {
        var (server, name) = Parse(address);
        var stream = new NamedPipeClientStream(server, name, PipeDirection.InOut, PipeOptions.Asynchronous);
        try
        {
            await stream.ConnectAsync(deadline.RemainingOrInfinite, cancellation).ConfigureAwait(false);
            stream.ReadMode = PipeTransmissionMode.Message;
            return Connection(stream);
        }
        catch (Exception failure)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (failure is TimeoutException)
            {
                throw new MultiprocTimeoutException(
                    $"{address} could not be reached in time: no listener is there, or it does not accept connections.", failure);
            }

            throw;
        }
    }

    public static Connection Connection(System.IO.Pipes.PipeStream stream)
    {
        var pipe = new NamedPipe(stream);
        return new Connection(new PacketStream(pipe, new Endpoint(pipe.Handle, "connection")));
    }

    /// <exception cref="ArgumentException">The address is not the name of a pipe.</exception>
    private static (string Server, string Name) Parse(string address)
    {
        string[] parts = address.Split('\\', 5);
        return parts is ["", "", { Length: > 0 } server, "pipe", { Length: > 0 } name]
            ? (server, name)
            : throw new ArgumentException($@"{address} is not the name of a pipe, which has the form \\.\pipe\name.", nameof(address));
    }
}

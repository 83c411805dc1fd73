using System.Net.Sockets;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.Transport;

/// <summary>Describes the failure of a socket, with advice on what to do about it.</summary>
internal static class SocketFault
{
    /// <param name="failure">The exception of the framework.</param>
    /// <param name="advice">The advice unless the system lacks resources.</param>
    public static string Text(Exception failure, string advice) =>
        failure is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets }
            ? SystemError.Text(SystemError.OutOfDescriptors)
            : $"{failure.Message.TrimEnd('.')}; {advice}";

    /// <summary>Whether this process has no free descriptor for a socket.</summary>
    public static bool IsShortage(SocketException failure) =>
        failure.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;
}

using System.Net.Sockets;
using Multiproc.SharedMemory.Linux;

namespace Multiproc.Transport;

/// <summary>What is wrong with a socket, in words, and what to do about it.</summary>
internal static class SocketFault
{
    /// <param name="failure">What the framework threw.</param>
    /// <param name="advice">What helps when it is not a shortage of the system.</param>
    public static string Text(Exception failure, string advice) =>
        failure is SocketException { SocketErrorCode: SocketError.TooManyOpenSockets }
            ? SystemError.Text(SystemError.OutOfDescriptors)
            : $"{failure.Message.TrimEnd('.')}; {advice}";

    /// <summary>Whether this process has no descriptor left for a socket.</summary>
    public static bool IsShortage(SocketException failure) =>
        failure.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable;
}

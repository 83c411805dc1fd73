using System.Net.Sockets;
using System.Runtime.InteropServices;
using Multiproc.Transport.Linux;

namespace Multiproc.Transport.UnixSocket;

/// <summary>Identifies the process at the other end of a Unix socket, as reported by the kernel.</summary>
internal static unsafe class PeerIdentity
{
    /// <exception cref="AuthenticationException">The process belongs to another user.</exception>
    public static void RequireSameUser(Socket socket)
    {
        if (OperatingSystem.IsLinux() && Of(socket) is var peer && peer.User != SocketCalls.geteuid())
        {
            throw new AuthenticationException($"Process {peer.Pid} of user {peer.User} is not allowed here: this socket is for user {SocketCalls.geteuid()}.");
        }
    }

    public static string Describe(Socket socket) => OperatingSystem.IsLinux() ? $"process {Of(socket).Pid}" : "a process of this user";

    private static Credentials Of(Socket socket)
    {
        Credentials credentials;
        uint size = (uint)sizeof(Credentials);
        if (SocketCalls.getsockopt((int)socket.Handle, SocketCalls.SocketLevel, SocketCalls.PeerCredentials, &credentials, &size) != 0)
        {
            throw new AuthenticationException(
                $"The kernel does not tell who is at the other end ({Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}).");
        }

        return credentials;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Credentials
    {
        public int Pid;
        public uint User;
        public uint Group;
    }
}

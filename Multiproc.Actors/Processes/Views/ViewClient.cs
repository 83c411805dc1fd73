using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Multiproc.SharedMemory;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Processes.Views;

/// <summary>Looks at running programs of this user from outside: the other end of <see cref="ViewListener"/>.</summary>
internal static class ViewClient
{
    /// <summary>Far above what a program tells.</summary>
    private const int MostBytes = 64 * 1024 * 1024;

    /// <summary>The programs that can be looked at, with the sockets where they can, by process id.</summary>
    public static IReadOnlyList<(int Pid, string Address)> Find() =>
        [.. RuntimeFolder.FilesOf(ViewListener.Extension).Select(static file => (Pid: PidOf(file), file)).Where(static each => each.Pid != 0)
            .OrderBy(static each => each.Pid)];

    /// <summary>Looks at a program.</summary>
    /// <param name="address">Its socket.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Null if it has ended, or was too busy to tell.</returns>
    /// <exception cref="AuthenticationException">The socket belongs to another user.</exception>
    public static async Task<ProgramView?> LookAsync(string address, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(address), cancellation).ConfigureAwait(false);
            PeerIdentity.RequireSameUser(socket);
            using var told = new MemoryStream();
            byte[] buffer = new byte[64 * 1024];
            for (int count; (count = await socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
            {
                told.Write(buffer, 0, count);
                if (told.Length > MostBytes)
                {
                    return null;
                }
            }

            return ViewJson.Read(told.GetBuffer().AsSpan(0, (int)told.Length)) is { Format: ProgramView.CurrentFormat } view ? view : null;
        }
        catch (Exception gone) when (gone is SocketException or JsonException)
        {
            return null;
        }
    }

    private static int PidOf(string file)
    {
        var name = Path.GetFileName(file.AsSpan());
        int dash = name.IndexOf('-');
        return dash > 0 && int.TryParse(name[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && RuntimeFolder.IsRunning(pid) ? pid : 0;
    }
}

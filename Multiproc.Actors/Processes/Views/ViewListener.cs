using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Multiproc.Processes.Logging;
using Multiproc.SharedMemory;
using Multiproc.Transport;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Processes.Views;

/// <summary>
/// Lets tools of the same user look at this program: each connection to a socket in the private runtime folder gets one view, as JSON, and is closed. Nothing
/// can be asked for or changed there. It is opened when a program starts its first child (decision 160).
/// </summary>
internal static class ViewListener
{
    public const string Extension = ".view";

    /// <summary>The runtime's own switch: a program that is closed to its diagnostics is closed to these.</summary>
    private const string Switch = "DOTNET_EnableDiagnostics";

    /// <summary>A tool looks once per second.</summary>
    private const int MostAtOnce = 4;

    private const int SendTimeoutMilliseconds = 5000;

    private static int s_begun;

    /// <summary>Opens the socket in the background, once.</summary>
    public static void BeginInBackground()
    {
        if (Interlocked.Exchange(ref s_begun, 1) == 0 && Environment.GetEnvironmentVariable(Switch) != "0")
        {
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Open(), null);
        }
    }

    private static void Open()
    {
        try
        {
            string address = RuntimeFolder.NewFile(Extension);
            var loop = new AcceptLoop(UnixListener.Listen(address, mayBeLeft: false), MostAtOnce, Show);
            loop.Start();
            AppDomain.CurrentDomain.ProcessExit += (_, _) =>
            {
                loop.Dispose();
                UnixListener.Remove(address);
            };
        }
        catch (Exception refused) when (refused is MultiprocException or SocketException or IOException or UnauthorizedAccessException)
        {
            // The program needs no tools: it goes on.
            ProcessLog.Current.Report(LogLevel.Debug, LogEvents.ViewNotOpened, $"tools cannot look at this program: {refused.Message}");
        }
    }

    private static void Show(Socket tool)
    {
        using (tool)
        {
            PeerIdentity.RequireSameUser(tool);
            tool.SendTimeout = SendTimeoutMilliseconds;
            byte[] view = ViewJson.Write(ProgramLook.AtProgramAsync().GetAwaiter().GetResult());
            for (int sent = 0; sent < view.Length;)
            {
                sent += tool.Send(view.AsSpan(sent));
            }

            tool.Shutdown(SocketShutdown.Send);
        }
    }
}

using System.Net.Sockets;
using System.Runtime.Versioning;
using Multiproc.SharedMemory;
using Multiproc.Tests.Support;
using Multiproc.Transport;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Tests.Transport;

/// <summary>The way to a listener whose patience is shorter than ours.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnixSocketConnectorTests
{
    private static readonly byte[] s_key = [1, 2, 3];

    [Fact]
    public void Connect_ListenerHangsUpBecauseWeWereSlow_TriesAgain()
    {
        string path = RuntimeFolder.NewFile(".sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var server = OwnThread.Run(() =>
        {
            using (listener.Accept())
            {
                // Nothing is read, and after a while it hangs up: as when its time for the other side has run out.
                using var never = new ManualResetEventSlim();
                never.Wait(TimeSpan.FromSeconds(1.2));
            }

            using var second = listener.Accept();
            using var stream = new NetworkStream(second, ownsSocket: false);
            LinkAuthentication.AsListener(stream, s_key);
        });
        UnixSocketConnector.Connect(path, s_key, InChild.Bound, plainSocket: true).Dispose();
        server.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
        File.Delete(path);
    }
}

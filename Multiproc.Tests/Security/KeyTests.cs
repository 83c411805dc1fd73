using System.Net.Sockets;
using System.Text;
using Multiproc.Nodes;
using Multiproc.Tests.Support;
using Multiproc.Tests.Transport;
using Multiproc.Transport;

namespace Multiproc.Tests.Security;

/// <summary>The authentication key stays where it belongs, and what was overheard proves nothing.</summary>
public sealed class KeyTests
{
    private static readonly byte[] s_key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    [Fact]
    public void Key_OfThisProgram_IsInNoCommandLineAndNoEnvironment()
    {
        using var manager = Mp.Manager();
        using var pool = Mp.Pool(1);
        pool.Apply(static () => { });
        using var queue = Mp.Queue<int>();
        using var never = Mp.Event();
        using var child = Mp.Process(
            static (told, end) =>
            {
                told.Put(Environment.ProcessId);
                end.Wait();
            }, queue, never);
        child.Start();
        int[] processes = [Environment.ProcessId, manager.Pid, pool.WorkerPids[0], queue.Get(InChild.Bound)];
        byte[] key = ProcessKey.Current.Bytes.ToArray();
        string[] texts = [Convert.ToHexString(key), Convert.ToHexStringLower(key), Convert.ToBase64String(key)];
        byte[][] forms = [key, .. texts.Select(Encoding.ASCII.GetBytes)];
        foreach (int pid in processes)
        {
            foreach (string file in new[] { "cmdline", "environ" })
            {
                byte[] content = File.ReadAllBytes($"/proc/{pid}/{file}");
                Array.Exists(forms, form => content.AsSpan().IndexOf(form) >= 0).ShouldBeFalse($"the key is in /proc/{pid}/{file}");
            }
        }

        never.Set();
        child.Join(InChild.Bound).ShouldBeTrue();
    }

    [Fact]
    public void Handshake_Replayed_ProvesNothing()
    {
        // All that the connector of a good handshake has sent.
        byte[] said;
        var (one, other) = LinkPairs.Sockets();
        using (one)
        using (other)
        {
            var overheard = new Overheard(other);
            Together.Run(() => LinkAuthentication.AsListener(new NetworkStream(one), s_key), () => LinkAuthentication.AsConnector(overheard, s_key));
            said = overheard.Sent.ToArray();
        }

        said.Length.ShouldBeGreaterThan(64);
        (one, other) = LinkPairs.Sockets();
        using (one)
        using (other)
        {
            one.ReceiveTimeout = 10_000;
            var listener = Together.Start(() => LinkAuthentication.AsListener(new NetworkStream(one), s_key));
            other.Send(said);
            listener.Failure().ShouldBeOfType<AuthenticationException>().Message.ShouldContain("does not know");
        }
    }

    private sealed class Overheard(Socket socket) : NetworkStream(socket)
    {
        public MemoryStream Sent { get; } = new();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Sent.Write(buffer);
            base.Write(buffer);
        }

        public override void WriteByte(byte value)
        {
            Sent.WriteByte(value);
            base.Write([value]);
        }
    }
}

using System.Text;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Connections;

/// <summary>Real CPythons at the other end, in both roles (A-13, A-17, C-03, C-13).</summary>
public sealed class CPythonTests
{
    private const string Address = """
        import sys
        from multiprocessing import AuthenticationError
        from multiprocessing.connection import Client, Listener
        key = bytes.fromhex(sys.argv[2])
        def address(text):
            host, colon, port = text.rpartition(':')
            return (host, int(port)) if colon else text
        def echo(connection):
            try:
                while True:
                    connection.send_bytes(connection.recv_bytes())
            except EOFError:
                connection.close()

        """;

    private const string EchoClient = Address + "echo(Client(address(sys.argv[1]), authkey=key))";

    private const string ObjectEchoClient = Address + """
        with Client(address(sys.argv[1]), authkey=key) as connection:
            try:
                while True:
                    connection.send(connection.recv())
            except EOFError:
                pass
        """;

    private const string RefusedClient = Address + """
        try:
            Client(address(sys.argv[1]), authkey=key)
        except AuthenticationError:
            print('refused')
        """;

    private const string EchoListener = Address + """
        with Listener(address(sys.argv[1]), authkey=key) as listener:
            print(listener.address if isinstance(listener.address, str) else '%s:%d' % listener.address, flush=True)
            try:
                listener.accept()
            except AuthenticationError:
                print('refused', flush=True)
            echo(listener.accept())
        """;

    private const string LongHeaderClient = Address + """
        import struct
        with Client(address(sys.argv[1]), authkey=key) as connection:
            connection._send(struct.pack('!iQ', -1, 5) + b'hello')
            connection.recv_bytes()
        """;

    private static readonly byte[] s_key = Encoding.UTF8.GetBytes("a secret of both");
    private static readonly int[] s_sizes = [0, 1, 5, 255, 256, 16_383, 16_384, 16_385, 65_536, 1_048_579];

    public static TheoryData<string?> Versions => Interpreter.Versions;

    [Theory]
    [MemberData(nameof(Versions))]
    public void Listener_PythonClient_EchoesEverySize(string? version)
    {
        foreach (string? address in new[] { null, "localhost:0" })
        {
            using var listener = new Listener(address, authKey: s_key);
            using var python = Interpreter.Start(version, EchoClient, listener.Address, Convert.ToHexString(s_key));
            using (var connection = listener.Accept(InChild.Bound))
            {
                ShouldEcho(connection);
            }

            python.ShouldEnd();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Listener_PythonClientWithAWrongKey_BothRefuse(string? version)
    {
        using var listener = new Listener("localhost:0", authKey: s_key);
        using var python = Interpreter.Start(version, RefusedClient, listener.Address, "abcd");
        Should.Throw<AuthenticationException>(() => listener.Accept(InChild.Bound));
        python.StandardOutput.ReadToEnd().Trim().ShouldBe("refused");
        python.ShouldEnd();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Client_PythonListener_RefusesAWrongKeyAndEchoesEverySize(string? version)
    {
        string path = Path.Combine(Path.GetTempPath(), $"mp-{Guid.NewGuid():N}");
        foreach (string address in new[] { path, "127.0.0.1:0" })
        {
            using var python = Interpreter.Start(version, EchoListener, address, Convert.ToHexString(s_key));
            string listening = python.StandardOutput.ReadLine().ShouldNotBeNull();
            Should.Throw<AuthenticationException>(() => Client.Connect(listening, [1, 2]));
            python.StandardOutput.ReadLine().ShouldBe("refused");
            using (var connection = Client.Connect(listening, s_key))
            {
                ShouldEcho(connection);
            }

            python.ShouldEnd();
        }
    }

    [Theory] // C-02
    [MemberData(nameof(Versions))]
    public void Send_PickleFormat_ObjectsComeBackEqual(string? version)
    {
        using var listener = new Listener("localhost:0", authKey: s_key);
        using var python = Interpreter.Start(version, ObjectEchoClient, listener.Address, Convert.ToHexString(s_key));
        using (var connection = listener.Accept(InChild.Bound))
        {
            connection.Format = ConnectionFormat.Pickle;
            object?[] sent = [7, -5_000_000_000L, 2.5, "text", null, true, new byte[] { 1, 2 }];
            foreach (object? each in sent)
            {
                connection.Send(each);
                connection.Recv<object?>(InChild.Bound).ShouldBe(each);
            }

            connection.Send(3);
            connection.Recv<long>(InChild.Bound).ShouldBe(3L);
            Should.Throw<SerializationException>(() => connection.Send<object>(Stream.Null));
        }

        python.ShouldEnd();
    }

    [Theory] // C-13
    [MemberData(nameof(Versions))]
    public void RecvBytes_PythonSendsTheLongHeader_IsAMessage(string? version)
    {
        using var listener = new Listener(authKey: s_key);
        using var python = Interpreter.Start(version, LongHeaderClient, listener.Address, Convert.ToHexString(s_key));
        using (var connection = listener.Accept(InChild.Bound))
        {
            connection.RecvBytes(timeout: InChild.Bound).ShouldBe("hello"u8.ToArray());
            connection.SendBytes("bye"u8);
        }

        python.ShouldEnd();
    }

    private static void ShouldEcho(Connection connection)
    {
        var random = new Random(3);
        foreach (int size in s_sizes)
        {
            byte[] message = new byte[size];
            random.NextBytes(message);
            connection.SendBytes<byte>(message);
            connection.RecvBytes(timeout: InChild.Bound).AsSpan().SequenceEqual(message).ShouldBeTrue($"{size} bytes come back");
        }
    }
}

using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Multiproc.Processes.Views;
using Multiproc.SharedMemory;
using Multiproc.Tests.Support;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Tests.Security;

/// <summary>What another user of this machine can do with the processes of this one: a child that gives up its user tries it.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class OtherUserTests : IDisposable
{
    private const int Nobody = 65534;

    private readonly DirectoryInfo _open = Directory.CreateTempSubdirectory("open-");

    public void Dispose() => _open.Delete(recursive: true);

    [Fact]
    public void OtherUser_OpensFilesOfTheRuntimeFolder_IsDenied()
    {
        SkipUnlessRoot();
        string file = RuntimeFolder.NewFile(".test");
        File.WriteAllText(file, "ours");
        using var block = SharedMemoryBlock.Create(100);
        string path = BlockFolder.PathOf(block.Name);
        File.Exists(path).ShouldBeTrue();
        try
        {
            AsNobody(
                (file, path),
                static (names, said) =>
                {
                    Try(said, () => File.ReadAllText(names.file));
                    Try(said, () => File.ReadAllText(names.path));
                    Try(said, () => Directory.GetFiles(Path.GetDirectoryName(names.file)!));
                    Try(said, () => Directory.GetFiles(Path.GetDirectoryName(names.path)!));
                }).ShouldAllBe(static answer => answer == nameof(UnauthorizedAccessException));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void OtherUser_OpensMappedMemoryByProc_IsDenied()
    {
        SkipUnlessRoot();
        using var gate = Mp.Lock();
        gate.Acquire(); // Its memory is there from here on.
        string[] descriptors = [.. Directory.GetFileSystemEntries($"/proc/{Environment.ProcessId}/fd").Where(IsMemory)];
        descriptors.ShouldNotBeEmpty();
        AsNobody(
            (descriptors[0], $"/proc/{Environment.ProcessId}/mem"),
            static (names, said) =>
            {
                Try(said, () => File.OpenRead(names.Item1).Dispose());
                Try(said, () => File.OpenRead(names.Item2).Dispose());
            }).ShouldAllBe(static answer => answer == nameof(UnauthorizedAccessException));
    }

    [Fact]
    public void OtherUser_ConnectsWhereTheFolderLetsIt_IsRefusedByTheKernelsWord()
    {
        SkipUnlessRoot();
        File.SetUnixFileMode(_open.FullName, (UnixFileMode)0b111_111_111);
        string path = Path.Combine(_open.FullName, "socket");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        listener.Listen();
        var connecting = Support.OwnThread.Run(() => AsNobody(
            (path, ""),
            static (names, said) => Try(said, () =>
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Connect(new UnixDomainSocketEndPoint(names.Item1));
                socket.Receive(new byte[1]);
            })).ShouldBe(["nothing"]));
        using (var accepted = listener.Accept())
        {
            Should.Throw<AuthenticationException>(() => PeerIdentity.RequireSameUser(accepted)).Message.ShouldContain($"of user {Nobody} is not allowed here");
        }

        connecting.WaitAsync(InChild.Bound).GetAwaiter().GetResult();
    }

    [Fact]
    public void OtherUser_LooksAtAProgramWithoutTheKey_IsDenied()
    {
        SkipUnlessRoot();
        using var child = Mp.Process(static () => { });
        child.Start();
        child.Join(InChild.Bound).ShouldBeTrue();
        string address = "";
        TestKit.Await.Until(
            "the socket for tools is open",
            () => (address = ViewClient.Find().FirstOrDefault(static each => each.Pid == Environment.ProcessId).Address ?? "").Length > 0);
        AsNobody(
            (address, ""),
            static (names, said) => Try(said, () =>
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Connect(new UnixDomainSocketEndPoint(names.file));
            })).ShouldBe([nameof(SocketException)]);
    }

    private static bool IsMemory(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName.Contains("memfd:multiproc", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // Closed since the listing.
        }
    }

    private static void SkipUnlessRoot() => Assert.SkipUnless(geteuid() == 0, "Only root can become another user.");

    /// <summary>Runs the body in a child of this program that is another user by then.</summary>
    private static List<string> AsNobody((string file, string path) names, Action<(string file, string path), List<string>> body)
    {
        using var answers = Mp.Queue<List<string>>();
        using var process = Mp.Process(
            static (told, all, work) =>
            {
                var said = new List<string>();
                seteuid(Nobody).ShouldBe(0);
                work(all, said);
                seteuid(0).ShouldBe(0);
                told.Put(said);
            },
            answers,
            names,
            body);
        process.Start();
        process.Join(InChild.Bound).ShouldBeTrue();
        return answers.Get(InChild.Bound);
    }

    /// <summary>Notes how it ended.</summary>
    private static void Try(List<string> said, Action action)
    {
        try
        {
            action();
            said.Add("nothing");
        }
        catch (Exception failure)
        {
            said.Add(failure.GetType().Name);
        }
    }

    [LibraryImport("libc")]
    private static partial int geteuid();

    // The C library sets it for all threads of the process.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int seteuid(int user);
}

using System.Runtime.Versioning;
using Multiproc.Transport.UnixSocket;

namespace Multiproc.Tests.Surroundings;

/// <summary>Addresses that cannot be listened at: the reason comes to the caller, and nothing is lost.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AddressTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("addresses-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Manager_AddressInAMissingFolder_SaysSoAtTheStart()
    {
        string path = Path.Combine(_folder.FullName, "nowhere", "m.sock");
        using var manager = new SyncManager(ManagerAddress.Local(path));
        var failure = Should.Throw<ProcessStartException>(() => manager.Start());
        failure.Message.ShouldContain($"Cannot listen at {path}");
    }

    [Fact]
    public void Manager_InitializerFails_SaysSoAtTheStart()
    {
        using var manager = new SyncManager();
        Should.Throw<ProcessStartException>(() =>
            manager.Start(static () =>
                throw new InvalidOperationException("no licence found"))).Message.ShouldContain("InvalidOperationException: no licence found");
    }

    [Fact]
    public void Manager_FileInThePlaceOfItsSocket_IsNotRemoved()
    {
        string path = Path.Combine(_folder.FullName, "notes.txt");
        File.WriteAllText(path, "precious");
        using var manager = new SyncManager(ManagerAddress.Local(path));
        Should.Throw<ProcessStartException>(() => manager.Start()).Message.ShouldContain($"Cannot listen at {path}");
        File.ReadAllText(path).ShouldBe("precious");
    }

    [Fact]
    public void Connect_FolderRemoved_NamesIt()
    {
        string folder = Path.Combine(_folder.FullName, "gone");
        Should.Throw<ConnectionLostException>(() => UnixSocketConnector.Connect(Path.Combine(folder, "1-a-1.sock"), [1], TimeSpan.FromSeconds(5)))
            .Message.ShouldContain($"the folder {folder} does not exist");
    }
}

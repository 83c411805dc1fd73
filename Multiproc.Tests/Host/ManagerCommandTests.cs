using System.Diagnostics;
using System.Runtime.Versioning;
using Multiproc.Tests.Managers;
using Multiproc.Tests.Support;

namespace Multiproc.Tests.Host;

/// <summary><c>multiproc-host manager</c>, run as a person would.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ManagerCommandTests : IDisposable
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("multiproc-command-").FullName;
    private readonly List<Process> _started = [];

    private string KeyFile => Path.Combine(_folder, "key");

    public ManagerCommandTests()
    {
        File.WriteAllText(KeyFile, "only for us\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Manager_OfAnAssembly_ServesUntilItIsToldToStop()
    {
        var (process, address) = Serve(
            "--address", "127.0.0.2:0", "--authkey-file", KeyFile, "--assembly", typeof(FarManager).Assembly.Location, "--type", nameof(FarManager));
        var manager = new FarManager(address, "only for us"u8.ToArray());
        manager.Connect();
        manager.Create<IFarMaths>().Add(4, 3).ShouldBe(7);
        manager.List<int>([1, 2]).Count.ShouldBe(2);
        Signals.Send(process.Id, Signals.Terminate);
        process.WaitForExit(s_bound).ShouldBeTrue("it stops");
        process.ExitCode.ShouldBe(0);
        process.StandardOutput.ReadToEnd().ShouldContain("Stopped.");
        Should.Throw<ConnectionLostException>(() => manager.NumberOfObjects);
    }

    [Fact]
    public void Manager_WithoutAnAssembly_IsASyncManagerThatAClientCanEnd()
    {
        string path = Path.Combine(_folder, "my.sock");
        var (process, address) = Serve("--address", path, "--authkey-file", KeyFile);
        address.Host.ShouldBe(path);
        var manager = new SyncManager(address, "only for us"u8.ToArray());
        manager.Connect();
        manager.List<int>([1, 2]).Count.ShouldBe(2);
        manager.Shutdown();
        process.WaitForExit(s_bound).ShouldBeTrue("it stops");
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Manager_ForPython_ServesUntilAClientShutsItDown()
    {
        string path = Path.Combine(_folder, "python.sock");
        var process = ProgramRun.Start("Multiproc.Host", null, ["manager", "--python", "--address", path, "--authkey-file", KeyFile]);
        _started.Add(process);
        process.StandardOutput.ReadLine().ShouldNotBeNull().ShouldContain(path);
        using (var client = PythonManager.Connect(path, "only for us"u8.ToArray()))
        {
            var list = client.List<int>();
            list.Add(7);
            list.ShouldBe([7]);
        }

        using (var connection = Client.Connect(path, "only for us"u8.ToArray()))
        {
            connection.Format = ConnectionFormat.Pickle;
            connection.Send<object>(new PyTuple(null, "shutdown", PyTuple.Empty, new Dictionary<object, object?>()));
            connection.Recv<object?>(s_bound).ShouldBe(new PyTuple("#RETURN", null));
        }

        process.WaitForExit(s_bound).ShouldBeTrue("it stops");
        process.ExitCode.ShouldBe(0);
    }

    [Fact]
    public void Arguments_ThatMakeNoSense_AreExplained()
    {
        string open = Path.Combine(_folder, "open");
        File.WriteAllText(open, "key");
        File.SetUnixFileMode(open, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        string empty = Path.Combine(_folder, "empty");
        File.WriteAllText(empty, "\n");
        File.SetUnixFileMode(empty, UnixFileMode.UserRead);
        Fails("--address", "nowhere", "--authkey-file", KeyFile).ShouldContain("host:port");
        Fails("--address", "127.0.0.2:0", "--authkey-file", open).ShouldContain("chmod 600");
        Fails("--address", "127.0.0.2:0", "--authkey-file", empty).ShouldContain("is empty");
        Fails("--address", "127.0.0.2:0", "--authkey-file", Path.Combine(_folder, "none")).ShouldContain("none");
        Fails("--address", "127.0.0.2:0", "--authkey-file", KeyFile, "--assembly", "/nowhere.dll").ShouldContain("no assembly");
        Fails("--address", "127.0.0.2:0", "--authkey-file", KeyFile, "--assembly", typeof(FarManager).Assembly.Location).ShouldContain("--type");
        Fails("--address", "127.0.0.2:0", "--authkey-file", KeyFile, "--certificate", "c.pem").ShouldContain("belong together");
        ProgramRun.Of("Multiproc.Host", "manager", "--authkey-file", KeyFile).Errors.ShouldContain("--address");
    }

    [Fact]
    public void Help_NamesEveryOption()
    {
        var help = ProgramRun.Of("Multiproc.Host", "manager", "--help");
        help.ExitCode.ShouldBe(0);
        string[] options =
            ["--address", "--authkey-file", "--assembly", "--type", "--certificate", "--private-key", "--authority", "--plain", "--python"];
        foreach (string option in options)
        {
            help.Output.ShouldContain(option);
        }
    }

    private static string Fails(params string[] arguments)
    {
        var run = ProgramRun.Of("Multiproc.Host", ["manager", .. arguments]);
        run.ExitCode.ShouldBe(1);
        run.Errors.ShouldStartWith("multiproc-host: ");
        return run.Errors;
    }

    private (Process Process, ManagerAddress Address) Serve(params string[] arguments)
    {
        var process = ProgramRun.Start("Multiproc.Host", null, ["manager", .. arguments]);
        _started.Add(process);
        string? line = process.StandardOutput.ReadLine();
        if (line is null)
        {
            throw new InvalidOperationException(process.StandardError.ReadToEnd());
        }

        // "Serving X at host:port, TLS ...", or "... at path."
        string place = line[(line.IndexOf(" at ", StringComparison.Ordinal) + 4)..].Split(',')[0].TrimEnd('.');
        int colon = place.LastIndexOf(':');
        return (process, place.StartsWith('/') ? ManagerAddress.Local(place) : new ManagerAddress(place[..colon], int.Parse(place[(colon + 1)..])));
    }
}

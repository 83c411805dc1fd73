using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Multiproc.Benchmarks.Faults.Nodes;

/// <summary>
/// A PostgreSQL server of its own, from Debian's package: on a free port of loopback, in a temporary folder, as an unprivileged user where the tests run as
/// root.
/// </summary>
internal sealed class PostgreSqlServer : IDisposable
{
    private const string Installed = "/usr/lib/postgresql";

    private readonly string _folder;
    private readonly string _tools;
    private readonly string _host;
    private readonly int _port = FreePort();

    /// <param name="host">The address that it listens at.</param>
    public PostgreSqlServer(string host = "127.0.0.1")
    {
        _host = host;
        _tools = Directory.Exists(Installed) && Directory.GetDirectories(Installed).Order(StringComparer.Ordinal).LastOrDefault() is { } newest
            ? Path.Combine(newest, "bin")
            : throw new InvalidOperationException(
                $"There is no PostgreSQL under {Installed}, which these tests need: install Debian's package postgresql, as .ci/run does.");
        _folder = Directory.CreateTempSubdirectory("multiproc-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", "postgres", _folder);
        }

        Tool("initdb", "-D", Data, "-U", "tests", "-A", "trust", "--no-instructions");
        if (_host != "127.0.0.1")
        {
            File.AppendAllText(Path.Combine(Data, "pg_hba.conf"), $"host all all {_host}/24 trust\n");
        }

        Start();
    }

    public string ConnectionString => $"Host={_host};Port={_port};Username=tests;Database=postgres";

    private string Data => Path.Combine(_folder, "data");

    public void Start() => Tool(
        "pg_ctl", "-D", Data, "-w",
        "-o", $"-p {_port} -c listen_addresses={_host} -c unix_socket_directories={_folder}",
        "-l", Path.Combine(_folder, "log"), "start");

    /// <summary>Ends it at once, as by a crash.</summary>
    public void Crash() => Tool("pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");

    public void Dispose()
    {
        Crash();
        if (Environment.IsPrivilegedProcess)
        {
            Run("rm", "-rf", _folder);
        }
        else
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Tool(string name, params string[] arguments)
    {
        string program = Path.Combine(_tools, name);
        if (Environment.IsPrivilegedProcess)
        {
            Run("runuser", ["-u", "postgres", "--", program, .. arguments]);
        }
        else
        {
            Run(program, arguments);
        }
    }

    private void Run(string program, params string[] arguments)
    {
        // Its output goes to a file of its own: a server inherits what its starter has open, and would keep a pipe open.
        using var process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1 </dev/null", program, .. arguments]) { WorkingDirectory = "/" })!;
        if (!process.WaitForExit(TimeSpan.FromSeconds(60)) || process.ExitCode != 0)
        {
            string log = Path.Combine(_folder, "log");
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {(process.HasExited ? process.ExitCode : "a timeout")}. "
                + $"{(File.Exists(log) ? File.ReadAllText(log) : "")}");
        }
    }
}

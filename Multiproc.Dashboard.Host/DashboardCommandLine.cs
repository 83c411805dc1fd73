using System.CommandLine;
using System.Globalization;
using System.Net;

namespace Multiproc.Dashboard.Host;

/// <summary>Serves the dashboard of running programs until it is told to stop: <c>multiproc-host dashboard --port 8080</c>.</summary>
internal static class DashboardCommandLine
{
    private const int Failed = 1;

    public static Command Make()
    {
        var port = new Option<int>("--port")
        {
            Description = "The port to listen at. Default: any free one, which is printed.", DefaultValueFactory = static _ => 0,
        };
        var address = new Option<string>("--address")
        {
            Description = "The address to listen at. Default: 127.0.0.1, for browsers of this machine only. With any other, whoever reaches the port and has "
                + "the token sees arguments of tasks and last words of processes, and the network sees them too, since there is no TLS: an SSH tunnel (ssh -L) "
                + "is safer.",
            DefaultValueFactory = static _ => "127.0.0.1",
        };
        var name = new Option<string[]>("--host-name") { Description = "A name of this machine by which browsers may open the page, with --address." };
        var pid = new Option<string>("--pid")
        {
            Description = "The process id of the program to show. Default: all, the programs of this user.", DefaultValueFactory = static _ => "all",
        };
        var interval = new Option<double>("--interval") { Description = "Seconds between two looks, from 0.1 to 60.", DefaultValueFactory = static _ => 1 };
        var command = new Command("dashboard", "Shows the running programs of this user in a browser: processes, pools, queues, locks, deadlocks, clusters. It "
            + "reads only, and prints an address with a token that opens the page.")
        {
            port, address, name, pid, interval,
        };
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                await DashboardServer.RunAsync(
                    new IPEndPoint(Address(parsed.GetValue(address)!), parsed.GetValue(port)), Program(parsed.GetValue(pid)!),
                    new DashboardOptions { Interval = Seconds(parsed.GetValue(interval)), AllowedHosts = parsed.GetValue(name) ?? [] },
                    stop).ConfigureAwait(false);
                return 0;
            }
            catch (Exception failure) when (failure is IOException or ArgumentException or MultiprocException)
            {
                await Console.Error.WriteLineAsync($"multiproc-host: {failure.Message}").ConfigureAwait(false);
                return Failed;
            }
        });
        return command;
    }

    /// <exception cref="ArgumentException">The text is not an address.</exception>
    private static IPAddress Address(string text) => text == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(text, out var address) ? address
        : throw new ArgumentException($"'{text}' is not an IP address, such as 127.0.0.1 or 0.0.0.0.");

    /// <exception cref="ArgumentException">The text is not the number of a process.</exception>
    private static int? Program(string text) => text == "all" ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pid > 0 ? pid
        : throw new ArgumentException($"'{text}' is no process id: give a number as ps shows it, or 'all'.");

    private static TimeSpan Seconds(double seconds) =>
        seconds is >= 0.1 and <= 60 ? TimeSpan.FromSeconds(seconds) : throw new ArgumentException("--interval must be from 0.1 to 60 seconds.");
}

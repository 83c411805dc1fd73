using System.CommandLine;
using System.Runtime.InteropServices;
using Multiproc.Python.Server;

namespace Multiproc.Host.Commands;

/// <summary>Serves a manager until it is told to stop: <c>multiproc-host manager --address 0.0.0.0:50000 --authkey-file key --assembly MyApp.dll</c>.</summary>
internal static class ManagerCommandLine
{
    public static Command Make()
    {
        var address = new Option<string>("--address")
        {
            Description = "The address to listen at: host:port, such as 0.0.0.0:50000 (port 0 for any free port), or the path of a Unix "
                + "socket.", Required = true,
        };
        var keyFile = new Option<string>("--authkey-file")
        {
            Description = "A file with the authentication key, readable only by its owner (mode 600). A line break at its end is ignored.", Required = true,
        };
        var assembly = new Option<string?>("--assembly") { Description = "The assembly of a class derived from BaseManager, whose static constructor "
            + "registers its types. Default: SyncManager." };
        var type = new Option<string?>("--type") { Description = "The name of that class, if the assembly has several." };
        var certificate = new Option<string?>("--certificate") { Description = "The PEM file of the certificate for TLS. By default the TLS key is derived "
            + "from the authentication key." };
        var privateKey = new Option<string?>("--private-key") { Description = "The PEM file of the certificate's private key." };
        var authority = new Option<string?>("--authority") { Description = "A PEM file of certificates by which clients' certificates must be signed. By "
            + "default clients need no certificate." };
        var plain = new Option<bool>("--plain") { Description = "No TLS: anybody on the network path can read and change everything." };
        var python = new Option<bool>("--python")
        {
            Description = "Serves Python programs, at the address: SyncManager(address, authkey).connect() there. Without TLS, as in Python.",
        };
        var command = new Command("manager", "Serves a manager until SIGTERM or Ctrl+C, or until a client shuts it down.")
        {
            address, keyFile, assembly, type, certificate, privateKey, authority, plain, python,
        };
        command.SetAction(parsed => CommandErrors.Guarded(() => parsed.GetValue(python)
            ? ServePython(
                parsed.GetValue(address)!, KeyFile.Read(parsed.GetValue(keyFile)!),
                ServedManager.FindClass(parsed.GetValue(assembly), parsed.GetValue(type)))
            : Serve(
            ServedManager.ParseAddress(parsed.GetValue(address)!),
            KeyFile.Read(parsed.GetValue(keyFile)!),
            ServedManager.FindClass(parsed.GetValue(assembly), parsed.GetValue(type)),
            ServedManager.Tls(parsed.GetValue(certificate), parsed.GetValue(privateKey), parsed.GetValue(authority), parsed.GetValue(plain)))));
        return command;
    }

    private static int ServePython(string address, byte[] key, Type manager)
    {
        using var service = new PythonService(manager, address, key);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        Console.WriteLine($"Serving {manager.Name} to Python at {service.Address}, and to C# programs of this machine at {service.OwnAddress}.");
        service.ServeForever();
        Console.WriteLine("Stopped.");
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            service.Stop();
        }
    }

    private static int Serve(ManagerAddress address, byte[] key, Type manager, TlsOptions tls)
    {
        var service = ManagerService.Open(manager, address, key, tls);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        Console.WriteLine($"Serving {manager.Name} at {service.Address}{(address.IsLocal ? "" : $", {tls}")}.");
        service.ServeForever();
        Console.WriteLine("Stopped.");
        return 0;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            service.Stop();
        }
    }
}

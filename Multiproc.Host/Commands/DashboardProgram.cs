namespace Multiproc.Host.Commands;

/// <summary>
/// The dashboard, which is a program of its own beside this one: it needs the framework of ASP.NET Core, and a host that needed it could run no child where
/// only .NET is installed (decision 161). This process becomes that program.
/// </summary>
internal static class DashboardProgram
{
    private const string Name = "Multiproc.Dashboard.Host";
    private const int NotInstalled = 2;

    public static int Run()
    {
        string path = Path.Combine(AppContext.BaseDirectory, Name);
        if (File.Exists($"{path}.dll"))
        {
            ProgramOfAssembly.Become($"{path}.runtimeconfig.json", $"{path}.deps.json", $"{path}.dll");
        }

        Console.Error.WriteLine($"multiproc-host: 'dashboard' is a command of the tool multiproc-host: there is no {path}.dll. Install it by 'dotnet tool "
            + "install --global multiproc-host', or add the dashboard to the program itself: package Multiproc.Dashboard, app.MapMultiproc().");
        return NotInstalled;
    }
}

// Reports which parts of Multiproc work in the environment of this program, and why the others do not:
//
//     dotnet run --project samples/Surroundings                 all parts
//     dotnet run --project samples/Surroundings -- pool memory  some of them
//
// Run it in the container, as the user and with the limits that your own program will have. The tests of this library put a trouble before the parts
// (Trouble.cs), which is then created first:
//
//     dotnet run --project samples/Surroundings -- --no-folder pool
using Surroundings;

bool allWork = true;
foreach (string argument in args.Length > 0 ? args : Parts.All.Keys)
{
    if (Trouble.All.TryGetValue(argument, out var make))
    {
        make();
        continue;
    }

    string result = "works";
    try
    {
        (PoolSteps.Steps.GetValueOrDefault(argument) ?? Parts.All[argument])();
    }
    catch (Exception failure)
    {
        result = $"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")}";
        allWork = false;
    }

    Tell($"{argument}: {result}");
}

return allWork ? 0 : 1;

static void Tell(string line)
{
    try
    {
        Console.WriteLine(line);
    }
    catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
    {
        // stdout is closed; the exit code still reports the result.
    }
}

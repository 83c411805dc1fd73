using Multiproc.Tests.Connections;

namespace Multiproc.Tests.Specifications.Bounds;

/// <content>What is shared with Python programs. The clients here speak Python's protocol to our own server, so that no CPython is needed for them.</content>
public sealed partial class Stage
{
    private static readonly byte[] s_pythonKey = [1, 2, 3];

    private PythonManager ConnectLikePython() => PythonManager.Connect(_manager.Value.ServePython(null, s_pythonKey).Address, s_pythonKey);

    private Subject Serving()
    {
        var server = _manager.Value.ServePython();
        return new Subject(server, "a server for Python") { Owned = [server] };
    }

    private static Subject Script(bool ready)
    {
        var options = new PythonProcessOptions { Interpreter = Interpreter.PathOf(Interpreter.Newest) };
        var process = ready ? Mp.PythonProcess("math:factorial", options, 3) : Mp.PythonProcess("time:sleep", options, 3600);
        process.Start();
        if (ready)
        {
            process.Join(InChildBound).ShouldBeTrue("the Python process ends");
        }

        return new Subject(process, "a Python process") { Owned = [process] };
    }

    private Subject QueueOfPython(string name, bool ready)
    {
        bool puts = name == "Put";
        int count = name == "Join" ? ready ? 0 : 1 : puts == ready ? 0 : puts ? 2 : 1;
        var queue = _python.Value.Queue<int>(2);
        for (int i = 0; i < count; i++)
        {
            queue.Put(i);
        }

        return new Subject(queue, "a queue of a manager, by Python's protocol") { Owned = [queue], Untouched = () => queue.QSize().ShouldBe(count) };
    }

    private Subject ListOfPython()
    {
        var list = _python.Value.List<int>();
        return new Subject(list.Proxy, "a list of a manager, by Python's protocol")
        {
            Owned = [list],
            Arguments = { ["method"] = "append", ["arguments"] = new PyTuple(1), ["named"] = null },
            Untouched = () => list.Count.ShouldBe(0),
        };
    }
}

using System.Collections.Frozen;

namespace Multiproc.Serialization.Pickle;

/// <summary>The exception classes that are known by name: all builtins up to Python 3.14, and those of queues and multiprocessing.</summary>
internal static class ExceptionNames
{
    private static readonly string[] s_builtins =
    [
        "BaseException", "BaseExceptionGroup", "GeneratorExit", "KeyboardInterrupt", "SystemExit", "Exception", "ArithmeticError", "FloatingPointError",
        "OverflowError", "ZeroDivisionError", "AssertionError", "AttributeError", "BufferError", "EOFError", "ExceptionGroup", "ImportError",
        "ModuleNotFoundError", "LookupError", "IndexError", "KeyError", "MemoryError", "NameError", "UnboundLocalError", "OSError", "IOError",
        "EnvironmentError", "BlockingIOError", "ChildProcessError", "ConnectionError", "BrokenPipeError", "ConnectionAbortedError",
        "ConnectionRefusedError", "ConnectionResetError", "FileExistsError", "FileNotFoundError", "InterruptedError", "IsADirectoryError",
        "NotADirectoryError", "PermissionError", "ProcessLookupError", "TimeoutError", "ReferenceError", "RuntimeError", "NotImplementedError",
        "PythonFinalizationError", "RecursionError", "StopAsyncIteration", "StopIteration", "SyntaxError", "IndentationError", "TabError",
        "SystemError", "TypeError", "ValueError", "UnicodeError", "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError", "Warning",
        "BytesWarning", "DeprecationWarning", "EncodingWarning", "FutureWarning", "ImportWarning", "PendingDeprecationWarning", "ResourceWarning",
        "RuntimeWarning", "SyntaxWarning", "UnicodeWarning", "UserWarning",
    ];

    private static readonly (string Module, string Name)[] s_others =
    [
        ("_queue", "Empty"), ("queue", "Empty"), ("queue", "Full"), ("queue", "ShutDown"), ("threading", "BrokenBarrierError"),
        ("multiprocessing.context", "ProcessError"), ("multiprocessing.context", "BufferTooShort"),
        ("multiprocessing.context", "TimeoutError"), ("multiprocessing.context", "AuthenticationError"),
    ];

    private static readonly FrozenDictionary<string, (string Module, string Name)> s_byTypeName =
        s_builtins.Select(name => ("builtins", name)).Concat(s_others).ToFrozenDictionary(each => TypeName(each.Item1, each.Item2));

    public static IEnumerable<PickleGlobal> Globals => s_byTypeName.Select(each =>
        CollectionGlobals.Make(each.Value.Module, each.Value.Name, (arguments, budget) =>
        {
            budget.Container();
            return new PythonException(arguments, each.Key);
        }));

    public static bool TryFind(string typeName, out (string Module, string Name) global) => s_byTypeName.TryGetValue(typeName, out global);

    private static string TypeName(string module, string name) => module == "builtins" ? name : $"{module}.{name}";
}

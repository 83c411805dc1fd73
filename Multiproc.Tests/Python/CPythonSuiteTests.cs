using Multiproc.Tests.Connections;

namespace Multiproc.Tests.Python;

/// <summary>CPython's own tests of its managers, unmodified, pointed at our server. docs/python.md lists those that are left out, with the reason.</summary>
public sealed class CPythonSuiteTests : IDisposable
{
    private const string Harness = """
        import faulthandler, unittest
        try:
            import test._test_multiprocessing as T
        except ImportError:
            say('no tests'); sys.exit(0)
        faulthandler.dump_traceback_later(240, exit=True)
        needs_python = {
            'test_action': 'the action is a function of Python',
            'test_wrapped_exception': 'sends a method of the test class to run', 'test_map_unplicklable': 'sends an object that cannot be pickled to run',
            'test_map_handle_iterable_exception': 'sends a generator to run', 'test_imap_handle_iterable_exception': 'sends a generator to run',
            'test_imap_unordered_handle_iterable_exception': 'sends a generator to run', 'test_map_chunksize': 'sends a function that is not registered',
            'test_async_timeout': 'waits for a function that is not registered', 'test_empty_iterable': 'sends a function that is not registered',
            'test_traceback': 'sends a function that raises', 'test_release_task_refs': 'sends a class to run', 'test_enter': 'sends a lambda',
            'test_resource_warning': 'is about garbage in the same process', 'test_map_no_failfast': 'sends a function that is not registered',
        }
        class Foreign(SyncManager):
            def __init__(self, *arguments, **named):
                super().__init__(address, authkey=key)
            def start(self, *arguments, **named):
                self.connect()
            def shutdown(self):
                pass
            def join(self, timeout=None):
                pass
        class Mixin(T.ManagerMixin):
            @classmethod
            def setUpClass(cls):
                super(T.ManagerMixin, cls).setUpClass()
                cls.manager = Foreign(); cls.manager.connect()
                cls.before = cls.manager._number_of_objects()
            @classmethod
            def tearDownClass(cls):
                import gc
                for child in multiprocessing.active_children():
                    child.join(10)
                for _ in range(100):
                    gc.collect()
                    left = cls.manager._number_of_objects() - cls.before
                    if left <= 0:
                        break
                    time.sleep(0.05)
                assert left <= 0, '%d objects are left: %s' % (left, cls.manager._debug_info())
                super(T.ManagerMixin, cls).tearDownClass()
        T.setUpModule() if hasattr(T, 'setUpModule') else None
        multiprocessing.set_start_method('fork', force=True)
        suite = unittest.TestSuite()
        for kind in ('Queue', 'Lock', 'Semaphore', 'Condition', 'Event', 'Barrier', 'Containers', 'Pool'):
            base = getattr(T, '_Test' + kind)
            name = 'WithManagerTest' + kind
            made = type(name, (base, Mixin, unittest.TestCase), {})
            made.__module__ = '__main__'
            for test, reason in needs_python.items():
                if hasattr(made, test):
                    setattr(made, test, unittest.skip('left out: ' + reason)(getattr(made, test)))
            globals()[name] = made
            suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(made))
        result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(suite)
        say('ran', result.testsRun, 'failed', len(result.failures) + len(result.errors), 'skipped', len(result.skipped))
        sys.exit(0 if result.wasSuccessful() else 1)
        """;

    private readonly PythonClient _python = new();

    public static TheoryData<string?> Versions => Interpreter.Versions;

    public void Dispose() => _python.Dispose();

    [Theory]
    [MemberData(nameof(Versions))]
    public void OwnTestsOfCPython_PassAgainstOurServer(string? version)
    {
        _python.Server.Register("test._test_multiprocessing.sqr", static (double x, double wait = 0) => Wait(wait, x * x));
        _python.Server.Register("test._test_multiprocessing.mul", static (int x, int y) => x * y);
        var python = _python.Start(version, Harness);
        var output = python.StandardOutput.ReadToEndAsync();
        string errors = python.StandardError.ReadToEnd();
        python.WaitForExit();
        string said = output.Result.Trim();
        Assert.SkipWhen(said == "no tests", "this CPython was installed without its own tests");
        python.ExitCode.ShouldBe(0, $"{said}\n{errors}");
        said.ShouldContain("failed 0 ");
    }

    private static async Task<double> Wait(double seconds, double result)
    {
        await Task.Delay(TimeSpan.FromSeconds(seconds));
        return result;
    }
}
